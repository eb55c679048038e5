using System.Globalization;
using BenchmarkDotNet.Running;
using LegPain.Benchmarks;

// Each measures a ratio, or a figure that does not depend on the machine's mood. None of them is a test.
switch (args.FirstOrDefault())
{
    case "assess":
        BenchmarkRunner.Run<AssessBenchmarks>(new QuickConfig(), args[1..]);
        break;
    case "answer":
        BenchmarkRunner.Run<AnswerBenchmarks>(new QuickConfig(), args[1..]);
        break;
    case "reports":
        await ReportLoad.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8);
        break;
    case "overload":
        await OverloadLoad.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8);
        break;
    case "memory":
        await IdleMemory.RunAsync();
        break;
    case "history":
        await HistoryCost.RunAsync();
        break;
    case "journal":
        await JournalRates.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5);
        break;
    case "distribution":
        await DistributionLoad.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8);
        break;
    case "scale":
        await ScaleLoad.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
        break;
    default:
        Console.WriteLine(
            """
            dotnet run -c Release --project tests/LegPain.Benchmarks -- <what>
              assess         one assessment by the engine: time and bytes allocated
              answer         one assessment written for the wire, in both views
              reports [s]    durable reports through gRPC against empty unary calls on the same server, 256 in flight
              overload [s]   a server of 32 places pushed to 8 times its limit: what is admitted, refused, left after
              memory         bytes that an idle active patient holds
              journal [s]    appends and head reads of SQLite and PostgreSQL against raw commits and reads of the same
              distribution [s]  what a report costs on 1 node, on 3, and on what lies between
              scale [n]      n patients (1 000 000) stored in PostgreSQL and a tenth of them active, against few
              history        what a report and an activation cost as a patient's history grows
            """);
        break;
}
