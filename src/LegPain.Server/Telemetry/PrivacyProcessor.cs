using System.Diagnostics;
using OpenTelemetry;

namespace LegPain.Server.Telemetry;

/// <summary>
/// Takes out of every span what could lead to a patient: grain keys, exception texts, addresses, and what a client may
/// choose freely, such as a path that is not one of the API.
/// </summary>
internal sealed class PrivacyProcessor : BaseProcessor<Activity>
{
    private static readonly string[] Private =
    [
        "orleans.rpc.target_id", "orleans.rpc.source_id", "orleans.grain.id", "orleans.activation.id",
        "orleans.silo.id", "rpc.orleans.target_id", "rpc.orleans.source_id", "exception.message",
        "exception.stacktrace", "client.address", "network.peer.address", "network.peer.port", "server.address",
        "server.port", "url.full", "url.path", "url.query", "user_agent.original", "http.request.method_original",
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

        foreach (var (key, _) in data.TagObjects.Where(tag => Personal.IsNamed(tag.Value)).ToList())
        {
            data.SetTag(key, null);
        }

        if (data.Status == ActivityStatusCode.Error && data.StatusDescription is not null)
        {
            data.SetStatus(ActivityStatusCode.Error);
        }
    }
}
