using System.Globalization;
using Grpc.Core;
using LegPain.Knowledge;
using LegPain.Knowledge.Text;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Errors;
using LegPain.Server.Mapping;

namespace LegPain.Server.Services;

/// <summary>The knowledge API: what is in force, as people and tools read it.</summary>
internal sealed class KnowledgeGrpcService(KnowledgePack pack, IReadOnlyList<KnowledgePack> loaded)
    : KnowledgeService.KnowledgeServiceBase
{
    private const int PageDefault = 100;
    private const int PageMax = 1000;
    private const int SearchDefault = 10;
    private const int SearchMax = 100;
    private const int QueryCharactersMax = 200;

    public override Task<GetKnowledgeResponse> GetKnowledge(GetKnowledgeRequest request, ServerCallContext context) =>
        Task.FromResult(new GetKnowledgeResponse
        {
            Id = pack.Knowledge.Id,
            Version = pack.Knowledge.Version,
            Hash = pack.Knowledge.Hash,
            Languages = { pack.Languages },
        });

    public override Task<ListKnowledgeVersionsResponse> ListKnowledgeVersions(
        ListKnowledgeVersionsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListKnowledgeVersionsResponse
        {
            Knowledge =
            {
                loaded.Select(other => new LoadedKnowledge
                {
                    Id = other.Knowledge.Id,
                    Version = other.Knowledge.Version,
                    Hash = other.Knowledge.Hash,
                    Languages = { other.Languages },
                    InForce = other == pack,
                }),
            },
        });

    public override Task<ListFindingsResponse> ListFindings(ListFindingsRequest request, ServerCallContext context)
    {
        var texts = TextsFor(context);
        var (page, next) = Page(pack.Knowledge.Findings, request.PageSize, request.PageToken);
        return Task.FromResult(new ListFindingsResponse
        {
            Findings = { page.Select(finding => KnowledgeMapper.ToWire(finding, pack.Knowledge, texts)) },
            NextPageToken = next,
        });
    }

    public override Task<GetFindingResponse> GetFinding(GetFindingRequest request, ServerCallContext context) =>
        Task.FromResult(new GetFindingResponse
        {
            Finding = KnowledgeMapper.ToWire(
                pack.Knowledge.FindFinding(Id(request.Id)) ?? throw Refuse.KnowledgeNotFound(), pack.Knowledge,
                TextsFor(context)),
        });

    public override Task<SearchFindingsResponse> SearchFindings(
        SearchFindingsRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        if (string.IsNullOrWhiteSpace(request.Query))
        {
            read.Fault("query", FieldReason.Missing, "One or more words.");
        }
        else if (request.Query.Length > QueryCharactersMax)
        {
            read.Fault("query", FieldReason.Malformed, $"1 to {QueryCharactersMax} characters.");
        }

        read.Number("page_size", request.PageSize, 0, SearchMax);
        read.Check();

        var texts = TextsFor(context);
        var max = request.PageSize == 0 ? SearchDefault : request.PageSize;
        return Task.FromResult(new SearchFindingsResponse
        {
            Findings =
            {
                FindingSearch.Search(pack.Knowledge, texts, request.Query, max)
                    .Select(finding => KnowledgeMapper.ToWire(finding, pack.Knowledge, texts)),
            },
        });
    }

    public override Task<ParseTextResponse> ParseText(ParseTextRequest request, ServerCallContext context)
    {
        var read = new RequestReader();
        if (string.IsNullOrWhiteSpace(request.Text))
        {
            read.Fault("text", FieldReason.Missing, "What somebody said or wrote.");
        }
        else if (request.Text.Length > FreeText.CharactersMax)
        {
            read.Fault("text", FieldReason.Malformed, $"1 to {FreeText.CharactersMax} characters.");
        }

        read.Check();

        var parsed = FreeText.Parse(pack.Knowledge, TextsFor(context), request.Text);
        return Task.FromResult(new ParseTextResponse
        {
            Mentions = { parsed.Mentions.Select(KnowledgeMapper.ToWire) },
            RedFlags = { parsed.RedFlags.Select(rule => rule.Id) },
        });
    }

    public override Task<ListCausesResponse> ListCauses(ListCausesRequest request, ServerCallContext context)
    {
        var texts = TextsFor(context);
        var (page, next) = Page(pack.Knowledge.Causes, request.PageSize, request.PageToken);
        return Task.FromResult(new ListCausesResponse
        {
            Causes =
            {
                page.Select(cause => KnowledgeMapper.ToWire(cause, pack.Knowledge, texts, withEvidence: false)),
            },
            NextPageToken = next,
        });
    }

    public override Task<GetCauseResponse> GetCause(GetCauseRequest request, ServerCallContext context)
    {
        var id = Id(request.Id);
        var cause = pack.Knowledge.Causes.FirstOrDefault(cause => cause.Id == id) ?? throw Refuse.KnowledgeNotFound();
        return Task.FromResult(new GetCauseResponse
        {
            Cause = KnowledgeMapper.ToWire(cause, pack.Knowledge, TextsFor(context), withEvidence: true),
        });
    }

    public override Task<ListRedFlagsResponse> ListRedFlags(ListRedFlagsRequest request, ServerCallContext context)
    {
        var texts = TextsFor(context);
        var (page, next) = Page(pack.Knowledge.RedFlags, request.PageSize, request.PageToken);
        return Task.FromResult(new ListRedFlagsResponse
        {
            RedFlags = { page.Select(rule => KnowledgeMapper.ToWire(rule, pack.Knowledge, texts)) },
            NextPageToken = next,
        });
    }

    public override Task<GetRedFlagResponse> GetRedFlag(GetRedFlagRequest request, ServerCallContext context)
    {
        var id = Id(request.Id);
        var rule = pack.Knowledge.RedFlags.FirstOrDefault(rule => rule.Id == id) ?? throw Refuse.KnowledgeNotFound();
        return Task.FromResult(
            new GetRedFlagResponse { RedFlag = KnowledgeMapper.ToWire(rule, pack.Knowledge, TextsFor(context)) });
    }

    public override Task<ListScoresResponse> ListScores(ListScoresRequest request, ServerCallContext context)
    {
        var texts = TextsFor(context);
        var (page, next) = Page(pack.Knowledge.Scores, request.PageSize, request.PageToken);
        return Task.FromResult(new ListScoresResponse
        {
            Scores = { page.Select(score => KnowledgeMapper.ToWire(score, texts)) },
            NextPageToken = next,
        });
    }

    public override Task<ListSourcesResponse> ListSources(ListSourcesRequest request, ServerCallContext context)
    {
        var (page, next) = Page(pack.Knowledge.Sources, request.PageSize, request.PageToken);
        return Task.FromResult(
            new ListSourcesResponse { Sources = { page.Select(KnowledgeMapper.ToWire) }, NextPageToken = next });
    }

    private static string Id(string id)
    {
        if (id.Length == 0)
        {
            var read = new RequestReader();
            read.Fault("id", FieldReason.Missing, "The id of what to return.");
            read.Check();
        }

        return id;
    }

    /// <summary>Cuts a page out of a list. The token is the position to go on from.</summary>
    private static (IEnumerable<T> Page, string Next) Page<T>(IReadOnlyList<T> all, int size, string token)
    {
        var read = new RequestReader();
        read.Number("page_size", size, 0, PageMax);
        var from = 0;
        if (token.Length > 0
            && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out from) || from > all.Count))
        {
            read.Fault("page_token", FieldReason.Malformed, "The next_page_token of the page before.");
        }

        read.Check();
        var to = Math.Min(all.Count, from + (size == 0 ? PageDefault : size));
        return (all.Skip(from).Take(to - from),
            to < all.Count ? to.ToString(CultureInfo.InvariantCulture) : string.Empty);
    }

    private PackTexts TextsFor(ServerCallContext context) =>
        pack.Texts(context.RequestHeaders.GetValue("accept-language"));
}
