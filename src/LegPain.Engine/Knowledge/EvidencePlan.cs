namespace LegPain.Engine.Knowledge;

/// <summary>The rows of one cause that one answer decides between: they give one vote.</summary>
/// <param name="Cause">The cause's position.</param>
/// <param name="Finding">The finding's position, or -1 for a score.</param>
/// <param name="Score">The score's position, or -1 for a finding.</param>
/// <param name="Rows">The rows, by position.</param>
/// <param name="AbsentRow">The row with the strongest ratio for an answer that matches no row.</param>
internal sealed record Ballot(int Cause, int Finding, int Score, int[] Rows, int AbsentRow);

/// <summary>The evidence laid out by what is asked, with its weights as whole millionths of a nat.</summary>
internal sealed class EvidencePlan
{
    /// <summary>What modifiers can lift a prior to: the bound the pack's reader holds priors to.</summary>
    public const double PriorMax = 0.5;

    /// <summary>The group that the place of the pain votes in.</summary>
    public const string SiteGroup = "site";

    private readonly int[] _present;
    private readonly int[] _absent;
    private readonly int[] _groups;
    private readonly int[] _sites;
    private readonly int _siteCount;
    private readonly double[] _ordinary;
    private readonly double _mean;
    private readonly double _selectedShare;

    public EvidencePlan(KnowledgeBase knowledge, IReadOnlyDictionary<int, double> siteBase)
    {
        _present = [.. knowledge.Evidence.Select(row => MicroNats(row.RatioPresent))];
        _absent = [.. knowledge.Evidence.Select(row => MicroNats(row.RatioAbsent))];

        _groups = new int[knowledge.Evidence.Count];
        When = [.. knowledge.Evidence.Select(row => row.When)];
        Modifiers = [.. knowledge.Causes.Select(cause => cause.PriorModifiers.ToArray())];
        _selectedShare = knowledge.Model.SelectedShare;
        _ordinary = [.. knowledge.Causes.Select(cause => cause.Prior)];
        _mean = _ordinary.DefaultIfEmpty().Average();
        Priors = [.. knowledge.Causes.Select(cause => LogOdds(StartingShare(cause.Index, 1)))];
        SiteFindings = [.. knowledge.SiteFindings];
        _siteCount = SiteFindings.Length;

        var byFinding = new List<Ballot>[knowledge.Findings.Count];
        var byScore = new List<Ballot>();
        SiteGroups = new int[knowledge.Causes.Count];
        foreach (var cause in knowledge.Causes)
        {
            var groups = cause.Evidence.Select(row => row.CorrelatedGroup).OfType<string>().Distinct().ToList();
            SiteGroups[cause.Index] = groups.IndexOf(SiteGroup);
            GroupsMax = Math.Max(GroupsMax, groups.Count);
            foreach (var row in cause.Evidence)
            {
                _groups[row.Index] = row.CorrelatedGroup is { } name ? groups.IndexOf(name) : -1;
            }

            foreach (var asked in cause.Evidence.GroupBy(row => (row.Finding?.Index ?? -1, row.Score ?? -1)))
            {
                var rows = asked.Select(row => row.Index).ToArray();
                var absent = rows.MaxBy(row => Math.Abs(_absent[row]));
                var ballot = new Ballot(cause.Index, asked.Key.Item1, asked.Key.Item2, rows, absent);
                (ballot.Finding < 0 ? byScore : byFinding[ballot.Finding] ??= []).Add(ballot);
            }
        }

        ByFinding = [.. byFinding.Select(list => list?.ToArray() ?? [])];
        ByScore = [.. byScore];
        VotesMax = ByFinding.Sum(list => list.Length) + ByScore.Length + knowledge.Causes.Count;

        _sites = new int[knowledge.Causes.Count * knowledge.SiteFindings.Count];
        for (var site = 0; site < knowledge.SiteFindings.Count; site++)
        {
            var finding = knowledge.SiteFindings[site];
            foreach (var cause in knowledge.Causes)
            {
                var share = cause.SiteShares.TryGetValue(finding, out var given)
                    ? given
                    : knowledge.Model.SiteDefaultShare;
                var most = knowledge.Model.SiteRatioMax;
                _sites[(cause.Index * knowledge.SiteFindings.Count) + site] =
                    MicroNats(Math.Clamp(share / siteBase[finding], 1 / most, most));
            }
        }
    }

    /// <summary>Gets when each row of evidence holds, by position.</summary>
    public Condition[] When { get; }

    /// <summary>Gets the modifiers of each cause's prior.</summary>
    public PriorModifier[][] Modifiers { get; }

    /// <summary>Gets the log-odds each cause starts from before any modifier, in millionths of a nat.</summary>
    public int[] Priors { get; }

    /// <summary>Gets the sites of the pain drawing, by finding.</summary>
    public int[] SiteFindings { get; }

    /// <summary>Gets the ballots that each finding's answer decides, by finding.</summary>
    public Ballot[][] ByFinding { get; }

    /// <summary>Gets the ballots that scores decide.</summary>
    public Ballot[] ByScore { get; }

    /// <summary>Gets the group of each cause that the place of the pain joins, or -1.</summary>
    public int[] SiteGroups { get; }

    /// <summary>Gets the most votes a case can have.</summary>
    public int VotesMax { get; }

    /// <summary>Gets the most correlated groups a cause has.</summary>
    public int GroupsMax { get; }

    /// <summary>Gets a row's weight when it holds, or when the answer matches no row.</summary>
    public int Weight(int row, bool holds) => holds ? _present[row] : _absent[row];

    /// <summary>Gets the correlated group of a row within its cause, or -1.</summary>
    public int GroupOf(int row) => _groups[row];

    /// <summary>
    /// Returns the share of cases a cause starts from: its prior times the modifiers that hold among ordinary
    /// presenters, mixed with the selected cases.
    /// </summary>
    /// <remarks>
    /// Among the selected every cause starts at the mean of all priors. Modifiers lower it there too; they lift it no
    /// higher than they lift the prior itself, so a conditional prior stays what its source says.
    /// </remarks>
    public double StartingShare(int cause, double factor) => Math.Min(Mixed(cause, factor), PriorMax);

    /// <summary>Returns whether modifiers would lift a cause past <see cref="PriorMax"/>, where it is held.</summary>
    public bool IsStartHeld(int cause, double factor) => Mixed(cause, factor) > PriorMax;

    /// <summary>Gets the weight of one marked site for a cause.</summary>
    public int SiteWeight(int cause, int site) => _sites[(cause * _siteCount) + site];

    /// <summary>Returns the log-odds of a share in millionths of a nat.</summary>
    public static int LogOdds(double share) => MicroNats(share / (1 - share));

    /// <summary>
    /// Returns the natural logarithm in millionths, rounded: sums of these are exact and the same on every machine.
    /// </summary>
    public static int MicroNats(double ratio) => (int)Math.Round(Math.Log(ratio) * 1e6, MidpointRounding.AwayFromZero);

    private double Mixed(int cause, double factor)
    {
        var ordinary = _ordinary[cause] * factor;
        var selected = Math.Min(_mean * factor, Math.Max(ordinary, _mean));
        return ((1 - _selectedShare) * ordinary) + (_selectedShare * selected);
    }
}
