using System.Globalization;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;

namespace LegPain.Knowledge;

/// <summary>Reads red flags, scores, examinations and advice.</summary>
internal sealed class RuleReader(PackContext context)
{
    private static readonly Dictionary<Urgency, TimeSpan> LatestByUrgency = new()
    {
        [Urgency.Immediate] = TimeSpan.FromHours(4),
        [Urgency.SameDay] = TimeSpan.FromHours(24),
        [Urgency.Soon] = TimeSpan.FromDays(14),
        [Urgency.Routine] = TimeSpan.FromDays(42),
    };

    /// <summary>
    /// The most hours or days of a time limit: far beyond any urgency, and well within what time can hold.
    /// </summary>
    private const int TimeLimitMax = 9999;

    private readonly Dictionary<string, PackNode> _redFlags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PackNode> _scores = new(StringComparer.Ordinal);
    private readonly Dictionary<int, IReadOnlyList<ScoreItem>> _itemsByScore = [];
    private int _examinations;
    private int _advice;

    /// <summary>Returns the node a red flag was read from.</summary>
    public PackNode NodeOf(string redFlag) => _redFlags[redFlag];

    public RedFlag ReadRedFlag(PackNode node)
    {
        var id = context.Id(node, TextKind.RedFlag);
        context.Say(TextKind.RedFlag, id, "title", node.Text("title"));
        context.Say(TextKind.RedFlag, id, "because", node.Text("because"));
        node.Ignore("seed");
        var when = context.Condition(node, "when");
        var urgency = node.Word<Urgency>("urgency");
        var within = ReadTimeLimit(node, "act_within", required: true) ?? TimeSpan.Zero;
        if (!LatestByUrgency.TryGetValue(urgency, out var latest))
        {
            node.Fault(PackFaultCode.BadValue, "A red flag is immediate, same-day, soon or routine.", "urgency");
        }
        else if (within > latest)
        {
            node.Fault(
                PackFaultCode.BadBound,
                $"'act_within' is later than {urgency} allows: at most {latest.TotalHours} hours.", "act_within");
        }

        var rule = new RedFlag
        {
            Id = id,
            Index = _redFlags.Count,
            When = when!,
            Urgency = urgency,
            ActWithin = within,
            Suspects = context.Causes(node, "suspects"),
            Discriminator = context.Examination(node, "discriminator"),
            Basis = node.Word<Basis>("basis"),
            Sources = context.Sources(node),
            Findings = when is null ? [] : AskedBy(when),
        };
        node.Finish();
        _redFlags.TryAdd(id, node);
        return rule;
    }

    public Score ReadScore(PackNode node)
    {
        var id = node.Text("id");
        context.Say(TextKind.Score, id, "name", node.Text("name"));
        context.Say(TextKind.Score, id, "meaning", node.Text("meaning"));
        context.Say(TextKind.Score, id, "not_valid", node.OptionalText("not_valid"));
        context.Sources(node);
        var items = new List<ScoreItem>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in node.Mappings("items"))
        {
            var item = row.Text("id");
            if (!seen.Add(item))
            {
                row.Fault(PackFaultCode.Duplicate, $"The item '{item}' is already there.", "id");
            }

            var points = row.Number("points", -20, 20);
            var sources = context.Sources(row);
            if (context.Condition(row, "when") is { } when)
            {
                items.Add(new(item, when, points, string.Join(";", sources)));
            }

            row.Finish();
        }

        if (items.Count == 0)
        {
            node.Fault(PackFaultCode.MissingField, "'items' is empty.", "items");
        }

        var score = new Score
        {
            Id = id,
            Index = context.ScoreIndex(id),
            Combination = node.WordOf("combine", "sum", "highest") == "highest"
                ? ScoreCombination.Highest
                : ScoreCombination.Sum,
            Items = items,
            Findings = items.SelectMany(item => FindingsOf(item.When)).Select(finding => finding.Index).ToHashSet(),
        };
        node.Finish();
        _scores.TryAdd(id, node);
        _itemsByScore.TryAdd(score.Index, items);
        return score;
    }

    /// <summary>
    /// Returns the order in which scores can be computed; reports those that use one another in a circle.
    /// </summary>
    public IReadOnlyList<int> OrderScores(IReadOnlyList<Score> scores)
    {
        var order = new List<int>();
        var done = new HashSet<int>();
        while (order.Count < scores.Count)
        {
            var ready = scores.Where(score => !done.Contains(score.Index) && UsedBy(score).All(done.Contains))
                .Select(score => score.Index).ToList();
            if (ready.Count == 0)
            {
                foreach (var score in scores.Where(score => !done.Contains(score.Index)))
                {
                    _scores[score.Id].Fault(
                        PackFaultCode.CyclicScore,
                        $"The score '{score.Id}' uses itself, through others or directly.", "items");
                }

                break;
            }

            order.AddRange(ready);
            done.UnionWith(ready);
        }

        return order;
    }

    public Examination ReadExamination(PackNode node)
    {
        var id = node.Text("id");
        context.Say(TextKind.Examination, id, "name", node.Text("name"));
        context.Say(TextKind.Examination, id, "accuracy", node.Text("accuracy"));
        context.Say(TextKind.Examination, id, "when", node.Text("when"));
        node.Ignore("seed");
        var examination = new Examination(
            id, _examinations++,
            node.WordOf("kind", "manoeuvre", "imaging", "laboratory", "measurement"), node.Text("done_by"),
            context.Causes(node, "settles"), context.FindingsOf(node, "records"), context.Sources(node));
        node.Finish();
        return examination;
    }

    public Advice ReadAdvice(PackNode node)
    {
        var id = context.Id(node, TextKind.Advice);
        context.Say(TextKind.Advice, id, "do", node.Text("do"));
        context.Say(TextKind.Advice, id, "do_not", node.OptionalText("do_not"));
        node.Ignore("seed");
        var urgencies = new List<Urgency>();
        foreach (var word in node.Texts("urgencies"))
        {
            if (Enum.TryParse<Urgency>(
                word.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true, out var urgency))
            {
                urgencies.Add(urgency);
            }
            else
            {
                node.Fault(PackFaultCode.BadValue, $"'{word}' is no urgency.", "urgencies");
            }
        }

        var causes = context.Causes(node, "causes");
        if (urgencies.Count + causes.Count == 0)
        {
            node.Fault(PackFaultCode.MissingField, "Advice applies to 'causes' or 'urgencies'.");
        }

        var notWith = context.Causes(node, "not_with");
        if (causes.Intersect(notWith).Any())
        {
            node.Fault(
                PackFaultCode.BadValue, "A cause it is for stands in 'not_with': it would not be given.", "not_with");
        }

        var atMost = node.Has("at_most") ? node.Word<Urgency>("at_most") : Urgency.Immediate;
        if (urgencies.Any(urgency => urgency > atMost))
        {
            node.Fault(PackFaultCode.BadBound, "It is for an urgency above 'at_most'.", "at_most");
        }

        var advice = new Advice(id, _advice++, causes, urgencies, node.Word<Basis>("basis"), context.Sources(node))
        {
            NotWith = notWith,
            AtMost = atMost,
        };
        node.Finish();
        return advice;
    }

    /// <summary>Reads "now", hours or days: <c>4h</c>, <c>14d</c>.</summary>
    public static TimeSpan? ReadTimeLimit(PackNode node, string field, bool required)
    {
        var text = required ? node.Text(field) : node.OptionalText(field);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text == "now")
        {
            return TimeSpan.Zero;
        }

        if (int.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= TimeLimitMax)
        {
            switch (text[^1])
            {
                case 'h':
                    return TimeSpan.FromHours(count);
                case 'd':
                    return TimeSpan.FromDays(count);
            }
        }

        node.Fault(PackFaultCode.BadValue, $"'{field}' must be now, or hours or days such as 4h or 14d.", field);
        return null;
    }

    private static IReadOnlyList<Finding> FindingsOf(Condition condition) =>
        [.. condition.SelfAndParts().Select(part => part.Finding).OfType<Finding>().Distinct()];

    /// <summary>
    /// The findings a condition's answer depends on, those of its scores included: what must be asked to know it.
    /// </summary>
    private IReadOnlyList<Finding> AskedBy(Condition condition)
    {
        var asked = new List<Finding>();
        var scores = new HashSet<int>();
        Visit(condition);
        return [.. asked.Distinct()];

        void Visit(Condition visited)
        {
            foreach (var part in visited.SelfAndParts())
            {
                if (part.Finding is { } finding)
                {
                    asked.Add(finding);
                }
                else if (part.Score is { } score && scores.Add(score)
                    && _itemsByScore.TryGetValue(score, out var items))
                {
                    foreach (var item in items)
                    {
                        Visit(item.When);
                    }
                }
            }
        }
    }

    private static IEnumerable<int> UsedBy(Score score) =>
        score.Items.SelectMany(item => item.When.SelfAndParts()).Select(part => part.Score).OfType<int>();
}
