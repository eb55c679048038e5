using LegPain.Server;

await using var app = await ServerHost.BuildAsync(ServerSettings.FromCommandLine(args));
await app.RunAsync();
