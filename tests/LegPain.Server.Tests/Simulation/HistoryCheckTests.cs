using Xunit;

namespace LegPain.Server.Tests.Simulation;

/// <summary>The judge of the simulation can say no: each history breaks one promise.</summary>
public sealed class HistoryCheckTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly SimulatedHistory _history = new();

    public HistoryCheckTests()
    {
        _history.Stored(10, 1, "a", Start);
        _history.Stored(20, 2, "b", Start);
        Write(1, 11, "a", CallEnd.Ok, revision: 1, answer: "one");
        Write(12, 21, "b", CallEnd.Ok, revision: 2, answer: "two");
    }

    [Fact]
    public void Check_OfAHistoryThatKeepsEveryPromise_FindsNothing()
    {
        Read(22, 23, 2);
        Watch(15, 1, "one");
        Watch(25, 2, "two");

        Assert.Empty(HistoryCheck.Violations(_history));
    }

    [Fact]
    public void Check_OfAGap_FindsIt()
    {
        _history.Stored(30, 4, "c", Start);

        Finds("record 3 has revision 4");
    }

    [Fact]
    public void Check_OfARequestAppliedTwice_FindsIt()
    {
        _history.Stored(30, 3, "a", Start);

        Finds("request a was applied twice");
    }

    [Fact]
    public void Check_OfALostWrite_FindsIt()
    {
        Write(22, 23, "c", CallEnd.Ok, revision: 3, answer: "three");

        Finds("c was acknowledged at 3 and is lost");
    }

    [Fact]
    public void Check_OfARepeatAnsweredInAnotherWay_FindsIt()
    {
        Write(22, 23, "a", CallEnd.Ok, revision: 1, answer: "another");

        Finds("revision 1 was answered in different ways");
    }

    [Fact]
    public void Check_OfARefusalOfWhatIsStored_FindsIt()
    {
        Write(22, 23, "a", CallEnd.No, reason: "RevisionConflict");

        Finds("a was stored and a repeat of it was refused");
    }

    [Fact]
    public void Check_OfAConflictWhereThereIsNone_FindsIt()
    {
        Write(22, 23, "c", CallEnd.No, reason: "RevisionConflict", expected: 2);

        Finds("c was refused at 2, where the patient was all the time");
    }

    [Fact]
    public void Check_OfAWriteRefusedAndStored_FindsIt()
    {
        _history.Stored(30, 3, "c", Start);
        Write(22, 31, "c", CallEnd.NotNow);

        Finds("c was refused at every attempt and is stored");
    }

    [Fact]
    public void Check_OfAReadBelowWhatWasAcknowledged_FindsIt()
    {
        Read(22, 23, 1);

        Finds("shows 1, below 2");
    }

    [Fact]
    public void Check_OfAReadOfWhatIsNotDurable_FindsIt()
    {
        Read(12, 13, 2);

        Finds("a read at step 13 shows 2, which is not durable");
    }

    [Fact]
    public void Check_OfAWatchWithAGap_FindsIt()
    {
        Watch(25, 2, "two");

        Finds("watch 0 shows 2 after 0");
    }

    [Fact]
    public void Check_OfAWatchWithARepeat_FindsIt()
    {
        Watch(25, 1, "one");
        Watch(26, 1, "one");

        Finds("watch 0 shows 1 after 1");
    }

    [Fact]
    public void Check_OfASignalBeforeItsRecord_FindsIt()
    {
        _history.Signals.Add(new(19, 2));

        Finds("2 was signaled at step 19 and is not durable");
    }

    private void Write(
        int invoked, int completed, string request, CallEnd end, long revision = 0, string answer = "",
        string reason = "", long? expected = null) =>
        _history.Writes.Add(new(invoked, completed, request, expected, null, end, reason, revision, answer));

    private void Read(int invoked, int completed, long revision) =>
        _history.Reads.Add(new(invoked, completed, null, CallEnd.Ok, "", revision, "", false, []));

    private void Watch(int step, long revision, string answer) =>
        _history.Watched.Add(new(step, 0, revision, answer));

    private void Finds(string violation) =>
        Assert.Contains(violation, Assert.Single(HistoryCheck.Violations(_history)), StringComparison.Ordinal);
}
