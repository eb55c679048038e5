namespace LegPain.Cli;

/// <summary>What the process ends with. Public: scripts read it. Also in the help text and in README.md.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The engine refused, the knowledge has faults or is below a floor, or the server cannot start.</summary>
    Refused = 1,

    /// <summary>The command line cannot be read.</summary>
    Usage = 2,

    /// <summary>The server cannot be reached, or did not answer in time.</summary>
    Unreachable = 3,

    /// <summary>The request, or a file to evaluate, was invalid; every wrong field is named.</summary>
    Invalid = 4,

    /// <summary>Conflict: the patient is at another revision, or the request id was used for other content.</summary>
    Conflict = 5,

    /// <summary>Interrupted.</summary>
    Interrupted = 130,
}
