namespace LegPain.Server.Watch;

/// <summary>Makes the watches of this node renew when the members of the cluster change.</summary>
internal sealed class WatchRenewal(IClusterMembershipService membership, AssessmentWatches watches) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                watches.RenewAll();
            }
        }
        catch (OperationCanceledException)
        {
            // The node is stopping.
        }
    }
}
