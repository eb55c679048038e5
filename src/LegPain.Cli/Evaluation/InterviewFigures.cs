using LegPain.Engine.Inference;

namespace LegPain.Cli.Evaluation;

/// <summary>The middle of some counts, and the half of them that lies around it.</summary>
internal sealed record Quartiles(double Lower, double Median, double Upper)
{
    /// <summary>Returns the quartiles, in between two counts where they fall there; all zero of none.</summary>
    public static Quartiles Of(IEnumerable<int> counts)
    {
        var sorted = counts.Order().ToArray();
        return sorted.Length == 0 ? new(0, 0, 0) : new(At(0.25), At(0.5), At(0.75));

        double At(double share)
        {
            var place = share * (sorted.Length - 1);
            var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
            return below + ((above - below) * (place - Math.Floor(place)));
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"median {Median:0.#}, half of them {Lower:0.#} to {Upper:0.#}");
}

/// <summary>How long the interviews of one order were.</summary>
internal sealed class OrderFigures(IReadOnlyCollection<InterviewLength> lengths)
{
    /// <summary>Gets the questions until no answer could change the urgency.</summary>
    public Quartiles ToUrgency { get; } = Quartiles.Of(lengths.Select(length => length.ToUrgency));

    /// <summary>Gets the questions until nothing was worth asking.</summary>
    public Quartiles ToEnd { get; } = Quartiles.Of(lengths.Select(length => length.ToEnd));
}

/// <summary>What is said of the interviews of a vignette file.</summary>
internal sealed class InterviewFigures(IReadOnlyList<InterviewPair> pairs)
{
    /// <summary>Gets the interviews, in the order of the file.</summary>
    public IReadOnlyList<InterviewPair> Pairs { get; } = pairs;

    /// <summary>Gets the figures of asking what the engine says is best.</summary>
    public OrderFigures Considered { get; } = new([.. pairs.Select(pair => pair.Considered)]);

    /// <summary>Gets the figures of asking in the order of the pack.</summary>
    public OrderFigures InOrder { get; } = new([.. pairs.Select(pair => pair.InOrder)]);

    /// <summary>Gets where the considered order closes the urgency with fewer questions than the other.</summary>
    public Proportion Shorter { get; } =
        Proportion.Where(pairs, pair => pair.Considered.ToUrgency < pair.InOrder.ToUrgency);

    /// <summary>Returns how many interviews in the considered order end for a reason.</summary>
    public int Ended(InquiryState state) => Pairs.Count(pair => pair.Considered.End == state);
}
