using LegPain.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Notation;

/// <summary>The findings of a server's knowledge, by id.</summary>
internal sealed class FindingCatalog
{
    private readonly Dictionary<string, Finding> _byId;

    private FindingCatalog(Dictionary<string, Finding> byId) => _byId = byId;

    /// <summary>Reads all findings.</summary>
    public static async Task<FindingCatalog> ReadAsync(LegPainClient client, CancellationToken cancellationToken)
    {
        var byId = new Dictionary<string, Finding>(StringComparer.Ordinal);
        await foreach (var finding in client.ListFindingsAsync(cancellationToken))
        {
            byId[finding.Id] = finding;
        }

        return new(byId);
    }

    /// <summary>Returns a finding, or null.</summary>
    public Finding? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Makes observations of notations.</summary>
    /// <exception cref="NotationException">One or more do not fit; all are named.</exception>
    public IReadOnlyList<Observation> Observations(IReadOnlyList<ObservationNotation> notations, Informant informant)
    {
        var faults = new List<NotationFault>();
        var made = new List<Observation>();
        foreach (var notation in notations)
        {
            var (observation, fault) = Find(notation.Finding) is { } finding
                ? notation.ToObservation(finding, informant)
                : (null, Unknown(notation.Finding));
            if (observation is not null)
            {
                made.Add(observation);
            }
            else
            {
                faults.Add(new(notation.Token, fault!));
            }
        }

        return faults.Count == 0 ? made : throw new NotationException(faults, isSyntax: false);
    }

    private string Unknown(string id)
    {
        var words = id.Split('-', StringSplitOptions.RemoveEmptyEntries);
        var near = _byId.Keys
            .Select(known =>
                (known, shared: known.Split('-').Count(word => words.Contains(word, StringComparer.Ordinal))))
            .Where(candidate => candidate.shared > 0)
            .OrderByDescending(candidate => candidate.shared)
            .ThenBy(candidate => Math.Abs(candidate.known.Length - id.Length))
            .Take(3).Select(candidate => candidate.known).ToList();
        return near.Count > 0
            ? $"is no finding of the knowledge in force. Near: {string.Join(", ", near)}."
            : "is no finding of the knowledge in force: 'legpain knowledge search' finds one.";
    }
}
