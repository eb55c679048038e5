using LegPain.Engine.Vocabulary;
using Xunit;

namespace LegPain.Engine.Tests.Vocabulary;

/// <summary>The connectives against the tables of HL7 CQL, with null as Unknown, in full.</summary>
public sealed class TruthTests
{
    [Theory]
    [InlineData(Truth.True, Truth.True, Truth.True)]
    [InlineData(Truth.True, Truth.False, Truth.False)]
    [InlineData(Truth.True, Truth.Unknown, Truth.Unknown)]
    [InlineData(Truth.False, Truth.True, Truth.False)]
    [InlineData(Truth.False, Truth.False, Truth.False)]
    [InlineData(Truth.False, Truth.Unknown, Truth.False)]
    [InlineData(Truth.Unknown, Truth.True, Truth.Unknown)]
    [InlineData(Truth.Unknown, Truth.False, Truth.False)]
    [InlineData(Truth.Unknown, Truth.Unknown, Truth.Unknown)]
    public void And_OfTwoTruths_IsAsInCql(Truth left, Truth right, Truth expected) =>
        Assert.Equal(expected, left.And(right));

    [Theory]
    [InlineData(Truth.True, Truth.True, Truth.True)]
    [InlineData(Truth.True, Truth.False, Truth.True)]
    [InlineData(Truth.True, Truth.Unknown, Truth.True)]
    [InlineData(Truth.False, Truth.True, Truth.True)]
    [InlineData(Truth.False, Truth.False, Truth.False)]
    [InlineData(Truth.False, Truth.Unknown, Truth.Unknown)]
    [InlineData(Truth.Unknown, Truth.True, Truth.True)]
    [InlineData(Truth.Unknown, Truth.False, Truth.Unknown)]
    [InlineData(Truth.Unknown, Truth.Unknown, Truth.Unknown)]
    public void Or_OfTwoTruths_IsAsInCql(Truth left, Truth right, Truth expected) =>
        Assert.Equal(expected, left.Or(right));

    [Theory]
    [InlineData(Truth.True, Truth.False)]
    [InlineData(Truth.False, Truth.True)]
    [InlineData(Truth.Unknown, Truth.Unknown)]
    public void Not_OfATruth_IsAsInCql(Truth value, Truth expected) => Assert.Equal(expected, value.Not());

    [Theory]
    [InlineData(true, Truth.True)]
    [InlineData(false, Truth.False)]
    public void ToTruth_OfATwoValuedAnswer_IsNeverUnknown(bool value, Truth expected) =>
        Assert.Equal(expected, value.ToTruth());

    [Fact]
    public void Default_OfATruth_IsFalse() => Assert.Equal(Truth.False, default);
}
