using System.Security.Cryptography;

namespace LegPain.Client;

/// <summary>How a <see cref="LegPainClient"/> calls. Read once, when the client is made.</summary>
public sealed class LegPainClientOptions
{
    /// <summary>Gets or sets how long a call may take, with every repeat of it.</summary>
    /// <value>Default 10 seconds. Watches have none.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how often a call is tried at most, the first time included.</summary>
    /// <value>Default 4. 1 repeats nothing.</value>
    public int AttemptsMax { get; set; } = 4;

    /// <summary>Gets or sets the wait before the first repeat, which doubles with every further one.</summary>
    /// <value>Default 100 milliseconds. When the server says how long to wait, its word counts instead.</value>
    public TimeSpan BackoffFirst { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the longest wait that doubling leads to.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets after how much silence a watch is taken for dead and opened anew.</summary>
    /// <value>Default 45 seconds; a server says at least every 15 seconds that nothing has changed.</value>
    public TimeSpan WatchSilenceMax { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Gets or sets the languages for texts, as an Accept-Language list such as <c>fr, en</c>.</summary>
    /// <value>Default null: the server's own, English.</value>
    public string? Language { get; set; }

    /// <summary>Gets or sets what makes the request ids of writes that come without one.</summary>
    /// <value>Default: 32 random hexadecimal digits.</value>
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
}

/// <summary>What a single write may ask for.</summary>
public sealed record RequestOptions
{
    /// <summary>Gets the id of the request.</summary>
    /// <value>
    /// Default null: the client makes one, and repeats the call with the same one. Give one, stored beforehand, to be
    /// able to repeat after a crash of the caller.
    /// </value>
    public string? RequestId { get; init; }

    /// <summary>Gets the revision the caller has seen; when the patient is elsewhere, nothing is stored.</summary>
    /// <value>Default null: no check.</value>
    public long? ExpectedRevision { get; init; }

    /// <summary>Gets how much of the assessment to return.</summary>
    public Protocol.Triage.V1.AssessmentView View { get; init; }
}
