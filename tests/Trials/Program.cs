using Huitou.Trials;

// ./trial data DIR, ./trial complaints DIR, ./trial plans DIR, ./trial drivers DIR, ./trial reviews DIR: the product against real files.
// ./trial margins: intervals over made-up shops. ./trial NAME…: faults. Each check prints one line.
var report = new Report();
if (args is ["data", var folder])
{
    if (!Directory.Exists(folder)) throw new DirectoryNotFoundException(folder);
    Huitou.Trials.Data.LunarTrial.Run(folder, report);
    Huitou.Trials.Data.SheetsTrial.Run(folder, report);
    await Huitou.Trials.Data.CustomersTrial.RunAsync(folder, report);
    await Huitou.Trials.Data.PurchasesTrial.RunAsync(folder, report);
    Huitou.Trials.Answers.DriversTrial.Run(folder, report);
}
else if (args is ["drivers", var answers])
{
    if (!Directory.Exists(answers)) throw new DirectoryNotFoundException(answers);
    Huitou.Trials.Answers.DriversTrial.Run(answers, report);
    Huitou.Trials.Answers.DriversTrial.Times(report);
}
else if (args is ["reviews", var comments])
{
    if (!Directory.Exists(comments)) throw new DirectoryNotFoundException(comments);
    Huitou.Trials.Answers.ReviewsTrial.Run(comments, report);
}
else if (args is ["margins"])
{
    Huitou.Trials.Answers.MarginsTrial.Run(report);
}
else if (args is ["plans", var shop])
{
    if (!Directory.Exists(shop)) throw new DirectoryNotFoundException(shop);
    await Huitou.Trials.Data.PlansTrial.RunAsync(shop, report);
}
else if (args is ["complaints", var data])
{
    if (!Directory.Exists(data)) throw new DirectoryNotFoundException(data);
    await Huitou.Trials.Data.ComplaintsTrial.RunAsync(data, report);
}
else if (args is ["messages", ..])
{
    var count = args is [_, "--count", var words] && int.TryParse(words, out var many) && many > 0 ? many : 100_000;
    await Huitou.Trials.Faults.MessagesTrial.RunAsync(report, count);
}
else if (args is ["kill", ..])
{
    await Huitou.Trials.Faults.KillTrial.RunAsync(report, Number("--kills", 50), Number("--writes", 10_000), Only());
}
else if (args is ["restore", ..])
{
    await Huitou.Trials.Faults.RestoreTrial.RunAsync(report, Number("--seconds", 20));
}
else if (args is ["nodes"])
{
    await Huitou.Trials.Faults.NodesTrial.RunAsync(report);
}
else if (args is ["postgres", ..])
{
    await Huitou.Trials.Faults.PostgresTrial.RunAsync(report, args[1..]);
}
else if (args is ["malformed", ..])
{
    await Huitou.Trials.Faults.MalformedTrial.RunAsync(report, Number("--count", 100_000), Only());
}
else if (args is ["disk"])
{
    await Huitou.Trials.Faults.DiskTrial.RunAsync(report);
    await Huitou.Trials.Faults.PostgresTrial.RunAsync(report, "disk-full");
}
else if (args is ["clock", ..])
{
    await Huitou.Trials.Faults.ClockTrial.RunAsync(report, Only());
}
else if (args is ["upgrade", "--from", { Length: > 0 } commit])
{
    await Huitou.Trials.Faults.UpgradeTrial.RunAsync(report, commit);
}
else if (args is ["scanners", ..])
{
    await Huitou.Trials.Faults.ScannersTrial.RunAsync(report, Number("--seconds", 180), Only());
}
else if (args is ["mutation", ..])
{
    await Huitou.Trials.Rules.MutationTrial.RunAsync(report, args[1..]);
}
else if (args is ["overload"])
{
    await Huitou.Trials.Faults.OverloadTrial.RunAsync(report);
}
else if (args.Length > 0 && args.All(name => name is "deadlines" or "import-kill" or "mail-kill" or "--kills" || int.TryParse(name, out _)))
{
    if (args.Contains("mail-kill"))
    {
        await Huitou.Trials.Faults.MailKillTrial.RunAsync(report);
        report.Write("mail-kill", "`./trial mail-kill`: the program killed with -9 while it reads the complaints mail box (Debian's dovecot), 12 times with 4 new mails each, at moments that a seed draws.");
    }

    if (args.Contains("deadlines"))
    {
        await Huitou.Trials.Faults.DeadlinesTrial.RunAsync(report, Number("--kills", 20));
        report.Write("deadlines", $"`./trial deadlines --kills {Number("--kills", 20)}`: kill -9, so many times on each database, under intake of 8 clients while deadlines that ran out are told; whoever got no answer sends the same again.");
    }

    if (args.Contains("import-kill"))
    {
        await Huitou.Trials.Faults.ImportKillTrial.RunAsync(report);
        report.Write("import-kill", "`./trial import-kill`: kill -9 in the middle of an import, which goes on after the start.");
    }
}
else
{
    Console.Error.WriteLine("usage: ./trial data DIR | ./trial complaints DIR | ./trial plans DIR | ./trial drivers DIR | ./trial reviews DIR | ./trial margins | ./trial messages [--count N] | ./trial kill [--kills N] [--writes N] [--sqlite | --postgres] | ./trial restore [--seconds N] | ./trial nodes | ./trial postgres [restart] [promote] [disk-full] [disk-gone] | ./trial overload | ./trial disk | ./trial clock | ./trial upgrade --from COMMIT | ./trial scanners [--seconds N] [--sqlite | --postgres] | ./trial mutation [PROJECT…] | ./trial malformed [--count N] [--sqlite | --postgres] | ./trial deadlines [--kills N] | ./trial import-kill mail-kill");
    return 2;
}

return report.Close();

int Number(string name, int usual) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length && int.TryParse(args[at + 1], out var given) && given > 0 ? given : usual;

// One database alone, where both take longer than one has.
string? Only() => args.Contains("--sqlite") ? "sqlite" : args.Contains("--postgres") ? "postgres" : null;
