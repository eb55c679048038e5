using Xunit;

namespace LegPain.Server.Tests;

public sealed class ServerSettingsTests
{
    [Theory]
    [InlineData("--callsMax", "many", "CallsMax")]
    [InlineData("--callsMax", "3", "calls-max must be 4 to 100 000")]
    [InlineData("--role", "Node", "Role")]
    [InlineData("--listen", "5080", "listen must be a whole address, such as http://127.0.0.1:5080")]
    [InlineData("--otlpEndpoint", "collector", "otlp-endpoint must be a whole address")]
    [InlineData("--progressEvery", "00:00:16", "progress-every must be 00:00:01 to 00:00:15")]
    [InlineData("--drainDelay", "00:01:01", "drain-delay must be 00:00:00 to 00:01:00")]
    [InlineData("--traceSampling", "-0.1", "trace-sampling must be 0 to 1")]
    [InlineData("--traceSampling", "1.1", "trace-sampling must be 0 to 1")]
    [InlineData("--traceSampling", "NaN", "trace-sampling must be 0 to 1")]
    public void Value_ThatIsWrong_IsRefusedByItsName(string option, string value, string fault)
    {
        var refused = Assert.Throws<ServerSettingsException>(
            () => ServerSettings.FromCommandLine([option, value]).Check());

        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_OutOfTheirRanges_AreAllNamed()
    {
        var refused = Assert.Throws<ServerSettingsException>(
            () => ServerSettings.FromCommandLine(["--callsMax", "3", "--watchesMax", "0"]).Check());

        Assert.Equal(2, refused.Message.Split('\n').Length);
    }
}
