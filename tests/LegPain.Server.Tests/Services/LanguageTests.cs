using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;
using Observation = LegPain.Protocol.Triage.V1.Observation;
using Presence = LegPain.Protocol.Triage.V1.Presence;

namespace LegPain.Server.Tests.Services;

/// <summary>The language of a call changes its texts and nothing else.</summary>
public sealed class LanguageTests : IAsyncLifetime
{
    private const int ReportCount = 20;
    private const string Mark = "in the language of the call";

    private static readonly DateTimeOffset Moment = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Assess_OfTheSameReportInEnglishAndFrench_DiffersInItsTextsOnly()
    {
        var texts = TextFields();
        var urgencies = new HashSet<Protocol.Triage.V1.Urgency>();
        for (var report = 0; report < ReportCount; report++)
        {
            var request = new AssessRequest
            {
                Observations = { ReportOf(report) },
                AsOf = Moment.ToTimestamp(),
                View = AssessmentView.Full,
            };

            var english = await AssessAsync(request, "en");
            var french = await AssessAsync(request, "fr");

            Assert.NotEqual(english.Assessment.Disposition.Act, french.Assessment.Disposition.Act);
            Blank(english, texts);
            Blank(french, texts);
            Assert.Equal(english.ToByteString(), french.ToByteString());
            urgencies.Add(english.Assessment.Disposition.Urgency);
        }

        Assert.True(urgencies.Count > 1, "Every report led to one urgency: they show little.");
    }

    [Fact]
    public async Task Assess_InALanguageOfARegion_IsInThatLanguage()
    {
        var french = await AssessAsync(
            new() { Observations = { Present("urinary-retention") } }, "fr-CH, en;q=0.5");

        Assert.Contains("urgence", french.Assessment.Disposition.Act, StringComparison.Ordinal);
    }

    private async Task<AssessResponse> AssessAsync(AssessRequest request, string language) =>
        await _server.Triage.AssessAsync(
            request, Soon.WithHeaders(new Metadata { { "accept-language", language } }));

    /// <summary>
    /// Answers one finding in five, other ones and in another way in every report, and more of them in each: a long one
    /// is an emergency.
    /// </summary>
    private static IEnumerable<Observation> ReportOf(int report) =>
        (from finding in KnowledgePack.BuiltIn.Knowledge.Findings
         where ((finding.Index * 7) + (report * 3)) % 5 == 0
         select AnswerOf(finding, (finding.Index / 5) + report)).Take(3 * (report + 1));

    private static Observation AnswerOf(Finding finding, int variant)
    {
        var answer = new Observation { Finding = finding.Id, Presence = Presence.Present };
        switch (finding.Kind)
        {
            case FindingKind.Boolean:
                answer.Presence = variant % 4 == 0 ? Presence.Present : Presence.Absent;
                break;
            case FindingKind.Choice:
                answer.Option = finding.Options[variant % finding.Options.Count];
                break;
            case FindingKind.Choices:
                answer.Options = new() { Options = { finding.Options[variant % finding.Options.Count] } };
                break;
            default:
                answer.Number = Math.Floor(
                    finding.Minimum + ((finding.Maximum - finding.Minimum) * (variant % 9) / 9));
                break;
        }

        return answer;
    }

    /// <summary>The fields that the protos say are in the language of the call, as message and field.</summary>
    private static HashSet<(string Message, string Field)> TextFields()
    {
        var fields = new HashSet<(string, string)>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "protos"), "*.proto"))
        {
            var message = string.Empty;
            var isText = false;
            foreach (var line in File.ReadLines(file).Select(line => line.Trim()))
            {
                if (line.StartsWith("message ", StringComparison.Ordinal))
                {
                    message = line.Split(' ')[1];
                }
                else if (line.StartsWith("//", StringComparison.Ordinal))
                {
                    isText |= line.Contains(Mark, StringComparison.Ordinal);
                }
                else
                {
                    if (isText)
                    {
                        fields.Add((message, line.Split(" = ")[0].Split(' ')[^1]));
                    }

                    isText = false;
                }
            }
        }

        return fields;
    }

    private static void Blank(IMessage message, HashSet<(string Message, string Field)> texts)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (texts.Contains((message.Descriptor.Name, field.Name)))
            {
                field.Accessor.Clear(message);
            }
            else if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                var value = field.Accessor.GetValue(message);
                foreach (var part in field.IsRepeated ? ((System.Collections.IList)value).Cast<IMessage>()
                    : value is IMessage one ? [one] : [])
                {
                    Blank(part, texts);
                }
            }
        }
    }
}
