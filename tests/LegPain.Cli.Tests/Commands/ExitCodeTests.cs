namespace LegPain.Cli.Tests.Commands;

public sealed class ExitCodeTests(ServerFixture server)
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    [Fact]
    public async Task Report_OfWhatFits_IsOk()
    {
        var result = await server.RunAsync("report", "-p", "exit-ok", "loc-calf", "no:fever");

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Contains("Revision 1", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Assessment_OfAPatientNeverSeen_IsRefused()
    {
        var result = await server.RunAsync("assessment", "-p", "exit-never-seen");

        Assert.Equal(ExitCode.Refused, result.Code);
        Assert.Contains("PATIENT_NOT_FOUND", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.DoesNotContain("exit-never-seen", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bogus")]
    [InlineData("report fever")]
    [InlineData("report -p x")]
    [InlineData("report -p x no:fever=1")]
    [InlineData("report -p x @yesterday")]
    [InlineData("assessment -p x --as-of yesterday")]
    [InlineData("assess fever --language de")]
    [InlineData("assess fever --server bogus")]
    [InlineData("assess fever --server http://127.0.0.1:1,bogus")]
    [InlineData("assess fever --server ,")]
    [InlineData("serve --listen bogus")]
    [InlineData("serve --listen http://0.0.0.0:5080")]
    [InlineData("interview --server http://127.0.0.1:1")]
    [InlineData("knowledge lint /no/such/folder")]
    public async Task AnyCommand_ThatCannotBeRead_IsAUsageError(string line)
    {
        var result = await server.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.NotEmpty(result.Error);
    }

    [Theory]
    [InlineData("events -p x")]
    [InlineData("report -p x fever")]
    [InlineData("watch -p x")]
    [InlineData("knowledge show fever")]
    public async Task AnyCommand_WithoutAServer_IsUnreachable(string line)
    {
        var result = await CliResult.OfAsync(line.Split(' '), Nowhere);

        Assert.Equal(ExitCode.Unreachable, result.Code);
        Assert.Contains("cannot be reached", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--server {0},{1}")]
    [InlineData("--server {0} --server {1}")]
    [InlineData("")]
    public async Task AnyCommand_WithOneOfTwoServersDead_IsOk(string servers)
    {
        var line = "assess fever " + string.Format(
            System.Globalization.CultureInfo.InvariantCulture, servers, Nowhere, server.Address);

        var result = await CliResult.OfAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), [Nowhere, server.Address]);

        Assert.Equal(ExitCode.Ok, result.Code);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Report_WithWrongFields_IsInvalidAndNamesEachOnALine()
    {
        var result = await server.RunAsync("report", "-p", "exit-invalid", "pain-intensity=99", "leg-swelling=purple");

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains("  observations[0].value: OUT_OF_RANGE: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("  observations[1].value: UNKNOWN_OPTION: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfUnknownFindings_IsInvalidAndNamesEachWithItsNeighbors()
    {
        var result = await server.RunAsync("report", "-p", "exit-unknown", "calf-swelling", "pain-intensity");

        Assert.Equal(ExitCode.Invalid, result.Code);
        Assert.Contains("  calf-swelling: is no finding", result.Error, StringComparison.Ordinal);
        Assert.Contains("leg-swelling", result.Error, StringComparison.Ordinal);
        Assert.Contains("  pain-intensity: takes a number", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AtAnotherRevision_IsAConflict()
    {
        await server.RunAsync("report", "-p", "exit-conflict", "fever");
        var result = await server.RunAsync("report", "-p", "exit-conflict", "rigors", "--expected-revision", "7");

        Assert.Equal(ExitCode.Conflict, result.Code);
        Assert.Contains("current_revision: 1", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_WithAUsedRequestId_IsAConflict_AndTheSameReportIsStoredOnce()
    {
        await server.RunAsync("report", "-p", "exit-reuse", "fever", "--request-id", "one");
        var same = await server.RunAsync("report", "-p", "exit-reuse", "fever", "--request-id", "one");
        var other = await server.RunAsync("report", "-p", "exit-reuse", "rigors", "--request-id", "one");

        Assert.Equal(ExitCode.Ok, same.Code);
        Assert.Contains("Revision 1", same.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Conflict, other.Code);
    }

    /// <summary>An earlier command may have stored something under a given id; under a new one none.</summary>
    [Fact]
    public async Task Report_ThatIsRefused_NamesTheRequestIdOnlyWhenItWasGiven()
    {
        var given = await server.RunAsync("report", "-p", "exit-given", "pain-intensity=99", "--request-id", "one");
        var made = await server.RunAsync("report", "-p", "exit-given", "pain-intensity=99");

        Assert.Equal((ExitCode.Invalid, ExitCode.Invalid), (given.Code, made.Code));
        Assert.Contains("Its request id is one: ", given.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("request id", made.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WhenInterrupted_SaysSo()
    {
        await server.RunAsync("report", "-p", "exit-watch", "fever");
        var result = await CliResult.OfAsync(
            ["watch", "-p", "exit-watch", "--json"], server.Address, interruptAtFirstLine: true);

        Assert.Equal(ExitCode.Interrupted, result.Code);
        var line = Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("1", System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("revision").GetString());
    }

    [Fact]
    public async Task Help_NamesEveryExitCode()
    {
        var result = await server.RunAsync("--help");

        Assert.Equal(ExitCode.Ok, result.Code);
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            Assert.Matches($@"(?m)^\s+{(int)code}\s", result.Output);
        }
    }
}
