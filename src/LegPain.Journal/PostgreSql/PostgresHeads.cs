using System.Threading.Channels;

namespace LegPain.Journal.PostgreSql;

/// <summary>Reads heads that are asked for at the same time in one round trip.</summary>
/// <remarks>
/// Two readers take turns: one asks the database while the other collects. A head is asked of the database only after
/// its caller asked for it, so it is never older than the call. With 64 callers this gave five times the reads of one
/// statement a head (tests/LegPain.Benchmarks, journal), over two connections rather than all.
/// </remarks>
internal sealed class PostgresHeads : IAsyncDisposable
{
    private const int BatchMax = 256;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(JournalLimits.QueueMax);
    private readonly Func<string[], Task<List<(string Stream, JournalHead Head)>>> _read;
    private readonly Task _loops;

    public PostgresHeads(Func<string[], Task<List<(string Stream, JournalHead Head)>>> read)
    {
        _read = read;
        _loops = Task.WhenAll(Task.Run(LoopAsync), Task.Run(LoopAsync));
    }

    /// <summary>Reads a head, or null.</summary>
    /// <exception cref="JournalBusyException">The queue is full.</exception>
    public async ValueTask<JournalHead?> ReadAsync(string stream, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(stream);
        if (!_queue.Writer.TryWrite(waiting))
        {
            throw _queue.Reader.Completion.IsCompleted
                ? new JournalReadException(new ChannelClosedException())
                : new JournalBusyException();
        }

        return await waiting.Source.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more, and ends when all that waits is answered: at once when reads fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loops;
    }

    private async Task LoopAsync()
    {
        var batch = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchMax && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
            }

            await AnswerAsync(batch);
            batch.Clear();
        }
    }

    private async Task AnswerAsync(List<Waiting> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            var found = await _read([.. batch.Select(waiting => waiting.Stream)]);
            var heads = new Dictionary<string, JournalHead>(StringComparer.Ordinal);
            foreach (var (stream, head) in found)
            {
                heads[stream] = head;
            }

            foreach (var waiting in batch)
            {
                waiting.Source.SetResult(heads.GetValueOrDefault(waiting.Stream));
            }
        }
        catch (JournalCorruptException) when (batch.Count > 1)
        {
            // One head's page is at fault: the others must not pay for it.
            foreach (var waiting in batch)
            {
                await AnswerAsync([waiting]);
            }
        }
        catch (Exception exception)
        {
            foreach (var waiting in batch)
            {
                waiting.Source.TrySetException(exception);
            }
        }
    }

    private sealed record Waiting(string Stream)
    {
        public TaskCompletionSource<JournalHead?> Source { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
