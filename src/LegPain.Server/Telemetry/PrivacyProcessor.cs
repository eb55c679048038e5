using System.Diagnostics;
using OpenTelemetry;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Takes out of every span what could lead to a patient: grain keys, exception texts, the caller's address.
/// </summary>
internal sealed class PrivacyProcessor : BaseProcessor<Activity>
{
    private static readonly string[] Private =
    [
        "orleans.rpc.target_id", "orleans.rpc.source_id", "orleans.grain.id", "orleans.activation.id",
        "rpc.orleans.target_id", "rpc.orleans.source_id", "exception.message", "exception.stacktrace", "client.address",
        "network.peer.address", "network.peer.port", "user_agent.original",
    ];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Private)
        {
            if (data.GetTagItem(tag) is not null)
            {
                data.SetTag(tag, null);
            }
        }

        if (data.Status == ActivityStatusCode.Error && data.StatusDescription is not null)
        {
            data.SetStatus(ActivityStatusCode.Error);
        }
    }
}
