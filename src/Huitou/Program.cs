using Huitou;

return await CommandLine.RunAsync(args);
