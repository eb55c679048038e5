namespace LegPain.Server.Telemetry;

/// <summary>How log lines look on the console. Every line of a call has its trace id.</summary>
public enum LogFormat
{
    /// <summary>One line of text each, for people.</summary>
    Text = 0,

    /// <summary>One JSON object a line, for collectors.</summary>
    Json = 1,
}

/// <summary>Writes log lines to the console.</summary>
internal static class ConsoleLog
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static void AddConsoleLog(this WebApplicationBuilder builder, ServerSettings settings)
    {
        if (!settings.ConsoleLog)
        {
            return;
        }

        if (settings.LogFormat == LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(options =>
            {
                options.IncludeScopes = true;
                options.TimestampFormat = Timestamp;
                options.UseUtcTimestamp = true;
            });
            return;
        }

        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.IncludeScopes = true;
            options.TimestampFormat = Timestamp + " ";
            options.UseUtcTimestamp = true;
        });
    }
}
