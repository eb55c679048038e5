namespace LegPain.Cli.Commands;

/// <summary>One day of the demo's story.</summary>
/// <param name="DaysAgo">How long before now.</param>
/// <param name="Headline">What happens, in a sentence.</param>
/// <param name="Observations">What is reported, in the notation of the command line.</param>
/// <param name="ByClinician">Whether a clinician says so.</param>
internal sealed record DemoDay(
    int DaysAgo, string Headline, IReadOnlyList<string> Observations, bool ByClinician = false);

/// <summary>A patient of 58 whose calf begins to hurt after a long flight.</summary>
internal static class DemoStory
{
    /// <summary>The finding that turns out to be entered in error, in the last report.</summary>
    public const string EnteredInError = "fever";

    public static readonly IReadOnlyList<DemoDay> Days =
    [
        new(
            3, "Home after a long flight, a traveler of 58 writes: one calf feels tight and aches, 3 out of 10.",
            [
                "age=58", "sex=female", "pain-side=left", "loc-calf", "pain-intensity=3", "pain-quality=aching",
                "symptom-duration=1", "onset-speed=within-day", "worse-walking",
            ]),
        new(
            2, "The service asks back: no fever, no injury, no swelling, no clot before, but an 11-hour flight.",
            [
                "no:fever", "no:rigors", "no:trauma-recent", "no:leg-swelling", "no:prior-vte", "no:cancer-active",
                "no:cancer-past", "no:chest-pain", "no:breathlessness", "no:coughing-blood", "no:collapse-or-faint",
                "no:hard-or-unusual-exercise", "long-travel",
            ]),
        new(
            1, "The calf has swollen. A nurse measures 3 cm more than on the other side; the deep veins are tender.",
            [
                "leg-swelling=one-calf", "pain-intensity=6", "calf-difference-cm=3", "pitting-edema=sore-leg-only",
                "deep-vein-tenderness", "no:collateral-veins", "no:immobilized", "no:bedridden", "no:recent-surgery",
                "no:alternative-diagnosis-likely",
            ],
            ByClinician: true),
        new(
            0, "This morning: chest pain and short of breath. The pulse is 112; the nurse also enters a fever.",
            ["chest-pain", "breathlessness", "heart-rate=112", "spo2=94", EnteredInError]),
    ];
}
