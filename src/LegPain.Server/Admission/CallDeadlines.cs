using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace LegPain.Server.Admission;

/// <summary>Gives every unary call a deadline. The server holds it, whoever set it; streams have none.</summary>
/// <remarks>
/// The header that carries a deadline is read by gRPC itself, before the request is: setting it there makes one
/// mechanism of all of them. When it passes, the client is answered DEADLINE_EXCEEDED at once, also by a handler that
/// does not listen, and the call's token is canceled.
/// </remarks>
internal static class CallDeadlines
{
    /// <summary>The longest a unary call may take: 30 seconds, as long as a call between the servers.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    private const string Header = "grpc-timeout";

    // gRPC takes a timeout of nothing for none.
    private static readonly TimeSpan Min = TimeSpan.FromMicroseconds(1);

    /// <summary>Bounds the unary calls of an application.</summary>
    public static void UseCallDeadlines(this WebApplication app, TimeSpan unlessSent) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is { Method.Type: MethodType.Unary })
        {
            context.Request.Headers[Header] = Bound(context.Request.Headers[Header], unlessSent);
        }

        return next(context);
    });

    /// <summary>Returns the timeout a call gets.</summary>
    /// <param name="sent">What the client sent, as in <c>100m</c>; null or unreadable for nothing.</param>
    /// <param name="unlessSent">What a call gets that has sent none.</param>
    internal static string Bound(string? sent, TimeSpan unlessSent) => Read(sent) switch
    {
        null => Write(unlessSent),
        { } timeout when timeout > Max => Write(Max),
        { } timeout when timeout < Min => Write(Min),
        _ => sent!,
    };

    private static string Write(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)timeout.TotalMicroseconds}u");

    /// <summary>Reads 1 to 8 digits and a unit; anything else is null.</summary>
    private static TimeSpan? Read(string? timeout)
    {
        if (timeout is not { Length: >= 2 and <= 9 }
            || !long.TryParse(timeout.AsSpan(0..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        return timeout[^1] switch
        {
            'H' => TimeSpan.FromTicks(count * TimeSpan.TicksPerHour),
            'M' => TimeSpan.FromTicks(count * TimeSpan.TicksPerMinute),
            'S' => TimeSpan.FromTicks(count * TimeSpan.TicksPerSecond),
            'm' => TimeSpan.FromTicks(count * TimeSpan.TicksPerMillisecond),
            'u' => TimeSpan.FromTicks(count * TimeSpan.TicksPerMicrosecond),
            'n' => TimeSpan.FromTicks(count / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
    }
}
