namespace LegPain.Cli.Notation;

/// <summary>One fault of a notation.</summary>
/// <param name="Token">What was written.</param>
/// <param name="Text">What would be right.</param>
internal sealed record NotationFault(string Token, string Text);

/// <summary>Observations that cannot be sent. Names every fault at once.</summary>
/// <param name="faults">The faults, in the order of the command line.</param>
/// <param name="isSyntax">True when the notation itself is wrong; false when it does not fit the findings.</param>
internal sealed class NotationException(IReadOnlyList<NotationFault> faults, bool isSyntax)
    : Exception(string.Join('\n', faults.Select(fault => $"{fault.Token}: {fault.Text}")))
{
    public IReadOnlyList<NotationFault> Faults { get; } = faults;

    public bool IsSyntax { get; } = isSyntax;
}
