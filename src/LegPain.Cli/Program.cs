using LegPain.Cli;

return await CommandTree.RunAsync(args, Terminal.OfProcess());
