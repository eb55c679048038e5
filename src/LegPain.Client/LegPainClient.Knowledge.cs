using System.Runtime.CompilerServices;
using LegPain.Protocol.Knowledge.V1;

namespace LegPain.Client;

/// <content>What the knowledge in force holds. Reads only.</content>
public sealed partial class LegPainClient
{
    private const int PageSize = 1000;

    /// <summary>Returns which knowledge is in force.</summary>
    public Task<GetKnowledgeResponse> GetKnowledgeAsync(CancellationToken cancellationToken = default) =>
        _calls.RunAsync(
            (server, call) => server.Knowledge.GetKnowledgeAsync(new(), call), requestId: null, cancellationToken);

    /// <summary>Lists every knowledge the server has loaded, the one in force first.</summary>
    public async Task<IReadOnlyList<LoadedKnowledge>> ListKnowledgeVersionsAsync(
        CancellationToken cancellationToken = default) =>
        (await _calls.RunAsync(
            (server, call) => server.Knowledge.ListKnowledgeVersionsAsync(new(), call),
            requestId: null, cancellationToken)).Knowledge;

    /// <summary>Lists the findings, in the order of the pack.</summary>
    public IAsyncEnumerable<Finding> ListFindingsAsync(CancellationToken cancellationToken = default) => PagesAsync(
        async token =>
        {
            var request = new ListFindingsRequest { PageSize = PageSize, PageToken = token };
            var page = await _calls.RunAsync(
                (server, call) => server.Knowledge.ListFindingsAsync(request, call),
                requestId: null, cancellationToken);
            return (page.Findings, page.NextPageToken);
        },
        cancellationToken);

    /// <summary>Lists the causes, without their evidence, in the order of the pack.</summary>
    public IAsyncEnumerable<Cause> ListCausesAsync(CancellationToken cancellationToken = default) => PagesAsync(
        async token =>
        {
            var request = new ListCausesRequest { PageSize = PageSize, PageToken = token };
            var page = await _calls.RunAsync(
                (server, call) => server.Knowledge.ListCausesAsync(request, call), requestId: null, cancellationToken);
            return (page.Causes, page.NextPageToken);
        },
        cancellationToken);

    /// <summary>Lists the sources, in the order of the pack.</summary>
    public IAsyncEnumerable<Source> ListSourcesAsync(CancellationToken cancellationToken = default) => PagesAsync(
        async token =>
        {
            var request = new ListSourcesRequest { PageSize = PageSize, PageToken = token };
            var page = await _calls.RunAsync(
                (server, call) => server.Knowledge.ListSourcesAsync(request, call), requestId: null, cancellationToken);
            return (page.Sources, page.NextPageToken);
        },
        cancellationToken);

    /// <summary>Returns one finding. Refused with KNOWLEDGE_NOT_FOUND when there is none of that id.</summary>
    public async Task<Finding> GetFindingAsync(string id, CancellationToken cancellationToken = default) =>
        (await _calls.RunAsync(
            (server, call) => server.Knowledge.GetFindingAsync(new() { Id = id }, call),
            requestId: null, cancellationToken)).Finding;

    /// <summary>
    /// Returns one cause with its evidence. Refused with KNOWLEDGE_NOT_FOUND when there is none of that id.
    /// </summary>
    public async Task<Cause> GetCauseAsync(string id, CancellationToken cancellationToken = default) =>
        (await _calls.RunAsync(
            (server, call) => server.Knowledge.GetCauseAsync(new() { Id = id }, call),
            requestId: null, cancellationToken)).Cause;

    /// <summary>Returns one red flag. Refused with KNOWLEDGE_NOT_FOUND when there is none of that id.</summary>
    public async Task<RedFlag> GetRedFlagAsync(string id, CancellationToken cancellationToken = default) =>
        (await _calls.RunAsync(
            (server, call) => server.Knowledge.GetRedFlagAsync(new() { Id = id }, call),
            requestId: null, cancellationToken)).RedFlag;

    /// <summary>Finds findings by words, the best match first.</summary>
    /// <param name="query">1 to 200 characters.</param>
    /// <param name="max">The most to return, 1 to 100; 0 for the server's own, 10.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<IReadOnlyList<Finding>> SearchFindingsAsync(
        string query, int max = 0, CancellationToken cancellationToken = default) =>
        (await _calls.RunAsync(
            (server, call) => server.Knowledge.SearchFindingsAsync(new() { Query = query, PageSize = max }, call),
            requestId: null, cancellationToken)).Findings;

    /// <summary>
    /// Reads free text in the client's language. Nothing is stored: somebody confirms what was understood.
    /// </summary>
    /// <param name="text">1 to 2000 UTF-16 code units.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<ParseTextResponse> ParseTextAsync(string text, CancellationToken cancellationToken = default) =>
        _calls.RunAsync(
            (server, call) => server.Knowledge.ParseTextAsync(new() { Text = text }, call),
            requestId: null, cancellationToken);

    private static async IAsyncEnumerable<T> PagesAsync<T>(
        Func<string, Task<(Google.Protobuf.Collections.RepeatedField<T> Page, string Next)>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = string.Empty;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var page, token) = await read(token);
            foreach (var item in page)
            {
                yield return item;
            }
        }
        while (token.Length > 0);
    }
}
