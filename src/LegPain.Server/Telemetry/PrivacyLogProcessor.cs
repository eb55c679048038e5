using OpenTelemetry;
using OpenTelemetry.Logs;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Takes out of every exported log record what could lead to a patient: exception texts and what names a grain.
/// </summary>
internal sealed class PrivacyLogProcessor : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        var kept = data.Attributes?.Where(attribute => !Personal.IsNamed(attribute.Value)).ToList() ?? [];
        if (data.Exception is { } exception)
        {
            kept.Add(new("exception.type", exception.GetType().FullName));
            kept.Add(new("exception.stacktrace", exception.StackTrace));
            data.Exception = null;
        }

        data.Attributes = kept;
        if (Personal.IsNamed(data.Body))
        {
            data.Body = "A text that names a grain was left out.";
        }

        data.FormattedMessage = null;
    }
}
