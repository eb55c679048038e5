using LegPain.Server;

await using var app = ServerHost.Build(ServerSettings.FromCommandLine(args));
await app.RunAsync();
