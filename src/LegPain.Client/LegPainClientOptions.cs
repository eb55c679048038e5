using System.Security.Cryptography;

namespace LegPain.Client;

/// <summary>How a <see cref="LegPainClient"/> calls. Read once, when the client is made.</summary>
public sealed class LegPainClientOptions
{
    /// <summary>Gets or sets how long a call, or a turn of an interview, may take with every repeat of it.</summary>
    /// <value>
    /// Default 10 seconds; more than 0. Watches have none. 30 seconds outlast the death of a node that the call needs.
    /// </value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long one attempt of a call may take before the next is made, on another server when there is
    /// one. The server is told, and drops what it has not begun by then.
    /// </summary>
    /// <value>Default 3 seconds; more than 0. Also how long connecting may take.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets or sets how often a call is tried at most, the first time included.</summary>
    /// <value>Default no limit but the deadline; at least 1, which repeats nothing.</value>
    public int AttemptsMax { get; set; } = int.MaxValue;

    /// <summary>Gets or sets the wait before the first repeat, which doubles with every further one.</summary>
    /// <value>
    /// Default 100 milliseconds; 0 or more. When the server says how long to wait, its word counts instead; when
    /// another server has not failed, there is no wait.
    /// </value>
    public TimeSpan BackoffFirst { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the longest wait that doubling leads to.</summary>
    /// <value>Default 2 seconds; 0 or more.</value>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long a call goes on while no attempt has reached any server.</summary>
    /// <value>Default 1 day, so that the deadline counts. Less is for whoever would rather hear of it at once.</value>
    public TimeSpan UnreachableMax { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Gets or sets after how much silence of a connection the server is asked whether it is there, by an HTTP/2 ping,
    /// and how long it then has to answer.
    /// </summary>
    /// <value>
    /// Default 5 seconds, so that a hung server loses its watches within 10; at least 1. Only for channels of the
    /// client's own.
    /// </value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets after how much silence a watch is taken for dead and opened anew. The time that the consumer takes
    /// over an assessment does not count.
    /// </summary>
    /// <value>
    /// Default 45 seconds; more than 0. A server says at least every 15 seconds that nothing has changed. For servers
    /// that answer pings and nothing else.
    /// </value>
    public TimeSpan WatchSilenceMax { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Gets or sets the languages for texts, as an Accept-Language list such as <c>fr, en</c>.</summary>
    /// <value>Default null: the server's own, English.</value>
    public string? Language { get; set; }

    /// <summary>Gets or sets what makes the request ids of writes that come without one.</summary>
    /// <value>Default: 32 random hexadecimal digits. A new one every time.</value>
    public Func<string> RequestIds { get; set; } = () => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Gets or sets what spreads repeats over time: a number from 0 up to, but not including, 1.</summary>
    /// <value>Default: random.</value>
    public Func<double> Jitter { get; set; } = () => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);

    /// <summary>Gets or sets the clock of deadlines and waits.</summary>
    /// <value>Default: the system's.</value>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets who is told that a watch was interrupted and will go on after a wait.</summary>
    /// <value>Default null: nobody.</value>
    public Action<LegPainException, TimeSpan>? WatchInterrupted { get; set; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Deadline, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(AttemptsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffFirst, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMax, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(UnreachableMax, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepAlive, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WatchSilenceMax, TimeSpan.Zero);
    }
}

/// <summary>What a single write may ask for.</summary>
public sealed record RequestOptions
{
    /// <summary>Gets the id of the request.</summary>
    /// <value>
    /// Default null: the client makes one, and repeats the call with the same one. Give one, stored beforehand, to be
    /// able to repeat after a crash of the caller. A failure with it is nearly always
    /// <see cref="WriteOutcome.Unknown"/>: repeat it with the same one, never with a new one.
    /// </value>
    public string? RequestId { get; init; }

    /// <summary>Gets the revision the caller has seen; when the patient is elsewhere, nothing is stored.</summary>
    /// <value>Default null: no check.</value>
    public long? ExpectedRevision { get; init; }

    /// <summary>Gets how much of the assessment to return.</summary>
    public Protocol.Triage.V1.AssessmentView View { get; init; }
}
