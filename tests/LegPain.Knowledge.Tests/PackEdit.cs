using Xunit;

namespace LegPain.Knowledge.Tests;

/// <summary>A copy of the built-in pack with a few words changed.</summary>
internal sealed class PackEdit
{
    private readonly Dictionary<string, string> _files =
        PackFile.BuiltIn().ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal);

    public IReadOnlyList<PackFile> Files => [.. _files.Select(pair => new PackFile(pair.Key, pair.Value))];

    /// <summary>Replaces the first occurrence of a text after an anchor; both must be there.</summary>
    public PackEdit Replace(string path, string after, string old, string text)
    {
        var content = _files[path];
        var anchor = content.IndexOf(after, StringComparison.Ordinal);
        Assert.True(anchor >= 0, $"{path} has no '{after}'.");
        var at = content.IndexOf(old, anchor, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{path} has no '{old}' after '{after}'.");
        _files[path] = string.Concat(content.AsSpan(0, at), text, content.AsSpan(at + old.Length));
        return this;
    }

    public PackEdit Write(string path, string content)
    {
        _files[path] = content;
        return this;
    }

    public PackEdit Remove(string path)
    {
        Assert.True(_files.Remove(path), $"The pack has no {path}.");
        return this;
    }

    /// <summary>The line, from 1, on which a text first stands after an anchor.</summary>
    public int LineOf(string path, string after, string text)
    {
        var content = _files[path];
        var at = content.IndexOf(text, content.IndexOf(after, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at >= 0, $"{path} has no '{text}' after '{after}'.");
        return content.AsSpan(0, at).Count('\n') + 1;
    }

    /// <summary>Reads the edited pack, which must have faults.</summary>
    public IReadOnlyList<PackFault> Faults() =>
        Assert.Throws<PackException>(() => KnowledgePack.Read(Files)).Faults;
}
