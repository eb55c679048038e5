using System.Text.RegularExpressions;
using LegPain.Engine.Inference;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;
using Xunit;

namespace LegPain.Engine.Tests.Inference;

/// <summary>What the advice of the built-in pack says, so that two pieces can be held against each other.</summary>
internal static partial class AdviceTexts
{
    /// <summary>Bleeding is stopped first, whatever else is suspected; the text is for a vein that bleeds.</summary>
    private const string StopsBleeding = "varicose-bleed-first-aid";

    private static readonly PackTexts Texts = KnowledgePack.BuiltIn.Texts("en");

    private static readonly (string What, Regex Asked, Regex Forbidden)[] Contradictions =
    [
        ("raise", Raising(), RaisingForbidden()),
        ("cool", Cooling(), CoolingForbidden()),
        ("warm", Warming(), WarmingForbidden()),
        ("rub", Rubbing(), RubbingForbidden()),
        ("walk", Walking(), WalkingForbidden()),
    ];

    /// <summary>
    /// Fails when a patient who must be seen today is told to care for the leg at home, or when one piece of advice
    /// asks for what another one forbids.
    /// </summary>
    public static void AssertSound(Assessment assessment)
    {
        var advice = Guidance.Advice(assessment).Where(one => one.Id != StopsBleeding).ToList();

        Assert.Empty(
            from one in advice
            where assessment.Disposition.Urgency >= Urgency.SameDay && HomeCare().IsMatch(Do(one))
            select $"{one.Id} is home care at {assessment.Disposition.Urgency}");
        Assert.Empty(
            from contradiction in Contradictions
            from one in advice
            where contradiction.Asked.IsMatch(Do(one))
            from other in advice
            where contradiction.Forbidden.IsMatch(DoNot(other))
            select $"{one.Id} says {contradiction.What}, {other.Id} forbids it");
    }

    private static string Do(Advice advice) => Texts[TextKind.Advice, advice.Id, "do"];

    private static string DoNot(Advice advice) => Texts[TextKind.Advice, advice.Id, "do_not"];

    [GeneratedRegex(
        @"at home|second check|at 48 hours|within days|within two weeks|while you wait, take|go on working|keep moving"
        + @"|(?<!stop all )exercises?\b|stretch|massage|warmth|ice it|cool it|use cold|rest it|pillow|lose weight"
        + @"|build up strength|strength and|break up|cut back|walk every day", RegexOptions.IgnoreCase)]
    private static partial Regex HomeCare();

    [GeneratedRegex(@"\brais(e|ing) (it|the leg|the limb|your legs)|leg up and still|lift the leg|leg on a pillow",
        RegexOptions.IgnoreCase)]
    private static partial Regex Raising();

    [GeneratedRegex(@"not raise|or raise the", RegexOptions.IgnoreCase)]
    private static partial Regex RaisingForbidden();

    [GeneratedRegex(@"cold pack|\bice it|cool it|use cold", RegexOptions.IgnoreCase)]
    private static partial Regex Cooling();

    [GeneratedRegex(@"chill it|put ice", RegexOptions.IgnoreCase)]
    private static partial Regex CoolingForbidden();

    [GeneratedRegex(@"warmth(?! is fine unless)", RegexOptions.IgnoreCase)]
    private static partial Regex Warming();

    [GeneratedRegex(@"\bwarm (or|it)|avoid heat", RegexOptions.IgnoreCase)]
    private static partial Regex WarmingForbidden();

    [GeneratedRegex(@"massage", RegexOptions.IgnoreCase)]
    private static partial Regex Rubbing();

    [GeneratedRegex(@"massage(?! a calf deeply)|\brub\b", RegexOptions.IgnoreCase)]
    private static partial Regex RubbingForbidden();

    [GeneratedRegex(@"\bwalk(ing)? (gently|every day)|^walk,|carry on walking|keep moving", RegexOptions.IgnoreCase)]
    private static partial Regex Walking();

    [GeneratedRegex(@"no walking|not walk on|not try to walk", RegexOptions.IgnoreCase)]
    private static partial Regex WalkingForbidden();
}
