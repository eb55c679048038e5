using LegPain.Cli.Notation;
using LegPain.Cli.Rendering;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Writes the assessment that a command ends with, for people or for scripts.</summary>
internal static class Answer
{
    public static async Task WriteAsync(
        Terminal terminal, LegPainClient client, Assessment assessment, bool json, bool full,
        CancellationToken cancellationToken)
    {
        if (json)
        {
            JsonText.WriteDocument(terminal.Text, assessment);
            return;
        }

        var sources = await SourceNames.ReadAsync(client, cancellationToken);
        if (assessment.Revision > 0)
        {
            new Page(terminal.Out).Rule($"Revision {assessment.Revision}, knowledge {assessment.Knowledge.Version}");
        }

        var catalog = await FindingCatalog.ReadAsync(client, cancellationToken);
        new AssessmentRenderer(terminal.Out, sources, catalog).Write(assessment, full: full);
    }
}
