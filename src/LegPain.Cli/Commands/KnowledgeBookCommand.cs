using System.CommandLine;
using LegPain.Cli.Book;
using LegPain.Knowledge;

namespace LegPain.Cli.Commands;

/// <summary>Writes a whole pack as a page for review, without a server.</summary>
internal static class KnowledgeBookCommand
{
    private const string Markdown = "md";
    private const string Html = "html";

    public static Command Build(Terminal terminal, GlobalOptions global)
    {
        var pack = new Option<DirectoryInfo>("--pack")
        {
            Description = "The folder of the pack. Default: the pack built in.",
            HelpName = "folder",
        };
        pack.AcceptExistingOnly();
        var output = new Option<string?>("--out")
        {
            Description = "The file to write, or a folder (it exists, or ends in a slash): Markdown is then one file a "
                + "chapter and a cause, HTML is index.html. Default: standard output.",
            HelpName = "file|folder",
        };
        var format = new Option<string>("--format")
        {
            Description = "md for a forge, html for a browser and for print.",
            HelpName = "md|html",
            DefaultValueFactory = _ => Markdown,
        };
        format.AcceptOnlyFromAmong(Markdown, Html);
        var command = new Command(
            "book", "Write the whole knowledge as one readable page, so that a clinician can review it.")
        {
            pack, output, format,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(global.Json))
            {
                result.AddError("The book has no JSON form: --format md or html.");
            }
        });
        command.SetAction(terminal, (result, cancellationToken) => WriteAsync(
            terminal, result.GetValue(pack)?.ToString(), result.GetValue(global.Language), result.GetValue(output),
            result.GetRequiredValue(format), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> WriteAsync(
        Terminal terminal, string? folder, string? language, string? output, string format,
        CancellationToken cancellationToken)
    {
        var pack = folder is null ? KnowledgePack.BuiltIn : KnowledgePack.Read(PackFile.InFolder(folder));
        var (blocks, written) = KnowledgeBook.Of(pack, language);
        if (output is null)
        {
            await terminal.Text.WriteAsync(Whole().AsMemory(), cancellationToken);
            return ExitCode.Ok;
        }

        var inFolder = Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        IReadOnlyList<(string File, string Text)> files = !inFolder ? [(output, Whole())]
            : format == Html ? [(Path.Combine(output, "index.html"), Whole())]
            : [.. MarkdownForm.WriteFiles(blocks).Select(file => (Path.Combine(output, file.File), file.Text))];
        if (inFolder)
        {
            Directory.CreateDirectory(output);
        }

        foreach (var (path, text) in files)
        {
            await File.WriteAllTextAsync(path, text, cancellationToken);
            terminal.Error.WriteLine(path);
        }

        return ExitCode.Ok;

        string Whole() => format == Html ? HtmlForm.Write(blocks, written) : MarkdownForm.Write(blocks);
    }
}
