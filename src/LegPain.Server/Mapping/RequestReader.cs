using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;
using Presence = LegPain.Engine.Vocabulary.Presence;
using Wire = LegPain.Protocol.Triage.V1;

namespace LegPain.Server.Mapping;

/// <summary>The fields that every write has.</summary>
/// <param name="Patient">The caller's id of the patient.</param>
/// <param name="RequestId">The client's id of the request.</param>
/// <param name="ExpectedRevision">The revision the client has seen, or null.</param>
/// <param name="View">How much of the assessment to return.</param>
internal readonly record struct WriteFields(
    string Patient, string RequestId, long? ExpectedRevision, AssessmentView View);

/// <summary>
/// Reads the fields of one request and keeps every fault; <see cref="Check"/> refuses with all of them.
/// </summary>
/// <param name="prefix">
/// What the names of the fields begin with, such as <c>answer.</c>; empty for the request itself.
/// </param>
internal sealed partial class RequestReader(string prefix = "")
{
    /// <summary>Most observations of one report.</summary>
    public const int ObservationsMax = 100;

    /// <summary>Most characters of a caller's patient id.</summary>
    public const int PatientCharactersMax = 128;

    /// <summary>Most characters of a request id.</summary>
    public const int RequestIdCharactersMax = 64;

    private readonly List<BadRequest.Types.FieldViolation> _violations = [];

    /// <summary>Refuses when any field read so far was wrong.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT, with every wrong field; NOT_FOUND when a field names knowledge that is not loaded.
    /// </exception>
    public void Check()
    {
        if (_violations.Count > 0)
        {
            throw Refuse.Fields(_violations);
        }

        if (_knowledgeNotLoaded)
        {
            throw Refuse.KnowledgeNotLoaded();
        }
    }

    /// <summary>Adds a fault.</summary>
    public void Fault(string field, FieldReason reason, string description) =>
        _violations.Add(Refuse.Field(prefix + field, reason, description));

    /// <summary>Reads what every write has.</summary>
    public WriteFields Write(
        string patient, string requestId, bool hasExpectedRevision, long expectedRevision, AssessmentView view) => new(
        Patient(patient),
        RequestId(requestId),
        hasExpectedRevision ? Number("expected_revision", expectedRevision, 0, long.MaxValue) : null,
        View(view));

    public string Patient(string patient, string field = "patient")
    {
        if (patient.Length == 0)
        {
            Fault(field, FieldReason.Missing, "Send the caller's id of the patient.");
        }
        else if (patient.Length > PatientCharactersMax || patient.Any(char.IsControl))
        {
            Fault(
                field, FieldReason.Malformed,
                $"1 to {PatientCharactersMax} characters, none of them a control character.");
        }

        return patient;
    }

    public long Number(string field, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            Fault(field, FieldReason.OutOfRange, most == long.MaxValue ? $"{least} or more." : $"{least} to {most}.");
        }

        return value;
    }

    public AssessmentView View(AssessmentView view)
    {
        if (!System.Enum.IsDefined(view))
        {
            Fault("view", FieldReason.OutOfRange, "ASSESSMENT_VIEW_BASIC or ASSESSMENT_VIEW_FULL.");
        }

        return view;
    }

    public DateTimeOffset? Time(string field, Timestamp? time)
    {
        if (time is null)
        {
            return null;
        }

        // Outside the years 1 to 9999 the conversion would throw.
        if (time.Nanos is < 0 or > 999_999_999 || time.Seconds is < -62_135_596_800 or > 253_402_300_799)
        {
            Fault(field, FieldReason.OutOfRange, "A time from the year 1 to 9999 with 0 to 999999999 nanoseconds.");
            return null;
        }

        return time.ToDateTimeOffset();
    }

    /// <summary>
    /// Reads the observations of a request. After a fault anywhere their values are checked too, to name all at once.
    /// </summary>
    public IReadOnlyList<ReportedObservation> Observations(
        IReadOnlyList<Wire.Observation> observations, KnowledgeBase knowledge, DateTimeOffset now)
    {
        const string List = "observations";
        var read = Read(observations, List, least: 1);
        if (_violations.Count > 0)
        {
            CheckValues(read, List, knowledge, now);
        }

        return [.. read.OfType<ReportedObservation>()];
    }

    /// <summary>Hashes what a request wants, so that a repeat can be told from a reuse of its id.</summary>
    public static byte[] Hash(string kind, params IEnumerable<IMessage> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(kind));
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var message in content)
        {
            var bytes = message.ToByteArray();
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private string RequestId(string requestId)
    {
        if (requestId.Length == 0)
        {
            Fault("request_id", FieldReason.Missing, "Make an id for this request and keep it for repeats.");
        }
        else if (requestId.Length > RequestIdCharactersMax || !requestId.All(IsIdCharacter))
        {
            Fault(
                "request_id", FieldReason.Malformed,
                $"1 to {RequestIdCharactersMax} letters, digits and '.', '_', ':', '-'.");
        }

        return requestId;
    }

    /// <summary>Reads a list of observations; one that cannot be read is null and has a fault.</summary>
    private List<ReportedObservation?> Read(IReadOnlyList<Wire.Observation> observations, string list, int least)
    {
        if (observations.Count < least)
        {
            Fault(list, FieldReason.Missing, $"{least} to {ObservationsMax} observations.");
        }
        else if (observations.Count > ObservationsMax)
        {
            Fault(list, FieldReason.TooMany, $"At most {ObservationsMax} observations a request.");
            return [];
        }

        return [.. observations.Select((observation, index) => Read(observation, $"{list}[{index}]"))];
    }

    /// <summary>Checks the values of the observations that could be read, as far as the age does not matter.</summary>
    private void CheckValues(
        List<ReportedObservation?> read, string list, KnowledgeBase knowledge, DateTimeOffset now)
    {
        var known = read.OfType<ReportedObservation>().ToList();
        var places = read.Index().Where(r => r.Item is not null).Select(r => r.Index).ToList();
        var faults = ObservationCheck.Check(
            [.. known.Select(r => ObservationCheck.Timed(r.Observation, now))],
            [.. known.Select(r => r.Unit)], knowledge, now, bornAfter: null);
        _violations.AddRange(faults.Select(fault =>
            Refuse.Field(places[fault.Index], fault.Field, fault.Fault, fault.Description, prefix + list)));
    }

    private ReportedObservation? Read(Wire.Observation observation, string path)
    {
        var before = _violations.Count;
        if (observation.Finding.Length == 0)
        {
            Fault($"{path}.finding", FieldReason.Missing, "The id of a finding.");
        }

        Presence? presence = observation.Presence switch
        {
            Wire.Presence.Present => Presence.Present,
            Wire.Presence.Absent => Presence.Absent,
            Wire.Presence.Unknown => Presence.Unknown,
            _ => null,
        };
        if (presence is null)
        {
            Fault($"{path}.presence", FieldReason.Missing, "PRESENCE_PRESENT, PRESENCE_ABSENT or PRESENCE_UNKNOWN.");
        }

        var options = observation.ValueCase switch
        {
            Wire.Observation.ValueOneofCase.Option => [observation.Option],
            Wire.Observation.ValueOneofCase.Options => [.. observation.Options.Options],
            _ => (IReadOnlyList<string>)[],
        };
        if (options.Count > Finding.OptionsMax || options.Distinct().Count() != options.Count)
        {
            Fault($"{path}.options", FieldReason.TooMany, $"At most {Finding.OptionsMax} options, each once.");
        }

        double? number = observation.HasNumber ? observation.Number : null;
        if (number is { } value && !double.IsFinite(value))
        {
            Fault($"{path}.number", FieldReason.OutOfRange, "A finite number.");
        }

        var observedAt = Time($"{path}.observed_at", observation.ObservedAt) ?? DateTimeOffset.MaxValue;
        var startedAt = Time($"{path}.started_at", observation.StartedAt);
        return _violations.Count > before ? null : new(
            new(observation.Finding, presence!.Value, number, options, observedAt, startedAt),
            observation.Unit.Length == 0 ? null : observation.Unit,
            (int)observation.Informant,
            (int)observation.UnknownReason);
    }

    private static bool IsIdCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-';
}
