using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using LegPain.Cli.Notation;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class Arguments
{
    public static Option<string> Patient() => new("--patient", "-p")
    {
        Description = "Your id of the patient. The server keeps only a keyed hash of it.",
        HelpName = "id",
        Required = true,
    };

    public static Option<string?> PatientOrNobody() => new("--patient", "-p")
    {
        Description = "Your id of the patient; or give --observation, for nobody.",
        HelpName = "id",
    };

    /// <summary>Observations of nobody, in place of a patient.</summary>
    public static Option<string[]> Observations() => new("--observation", "-o")
    {
        Description = $"What is observed of nobody, in place of a patient: {ObservationNotation.Help}.",
        HelpName = "finding",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<KnowledgeVersion?> Knowledge(string name, string description) => new(name)
    {
        Description = $"{description} A version, a hash, or both as version@hash: 'legpain knowledge versions'.",
        HelpName = "version",
        CustomParser = result => ReadKnowledge(result.Tokens[0].Value),
    };

    public static Option<string?> RequestId() => new("--request-id")
    {
        Description = "The id of this request; the same id is stored once. Default: a new one.",
        HelpName = "id",
    };

    public static Option<long?> ExpectedRevision() => new("--expected-revision")
    {
        Description = "The revision you have seen; when the patient is elsewhere, nothing is stored (exit code 5).",
        HelpName = "n",
    };

    public static Option<bool> Full() => new("--full")
    {
        Description = "Leave nothing out: every cause, open red flag, question and score.",
    };

    public static Option<DateTimeOffset?> AsOf() => new("--as-of")
    {
        Description = "The moment to assess for, such as 2026-11-20T10:00Z. Default: now, or when it was recorded.",
        HelpName = "time",
        CustomParser = result =>
        {
            var time = ObservationNotation.ParseTime(result.Tokens[0].Value);
            if (time is null)
            {
                result.AddError("--as-of must be like 2026-11-20T10:00Z or 2026-11-20T10:00+01:00.");
            }

            return time;
        },
    };

    public static Option<bool> Clinician() => new("--clinician")
    {
        Description = "A clinician answers: ask for examinations and measurements too.",
    };

    public static Argument<string[]> Findings() => new("finding")
    {
        Description = $"What is observed: {ObservationNotation.Help}.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<long?> Revision(string name = "--revision", string? description = null) => new(name)
    {
        Description = description ?? "An earlier revision. Default: the newest.",
        HelpName = "n",
    };

    /// <summary>What to reason about. Whether it is a patient or observations is for the server to check.</summary>
    public static AssessmentSubject Subject(
        string? patient, IEnumerable<Observation> observations, long? revision, DateTimeOffset? asOf,
        KnowledgeVersion? knowledge)
    {
        var subject = new AssessmentSubject
        {
            Patient = patient ?? string.Empty,
            Observations = { observations },
            AsOf = asOf?.ToTimestamp(),
            Knowledge = knowledge,
        };
        if (revision is { } at)
        {
            subject.Revision = at;
        }

        return subject;
    }

    private static KnowledgeVersion ReadKnowledge(string text)
    {
        const int HashDigits = 64;
        return text.IndexOf('@') is var at and >= 0
            ? new() { Version = text[..at], Hash = text[(at + 1)..] }
            : text.Length == HashDigits && text.All(char.IsAsciiHexDigit)
            ? new() { Hash = text }
            : new() { Version = text };
    }

    public static AssessmentView View(bool full) => full ? AssessmentView.Full : AssessmentView.Basic;

    public static RequestOptions Request(string? requestId, long? expectedRevision, bool full) =>
        new() { RequestId = requestId, ExpectedRevision = expectedRevision, View = View(full) };
}
