namespace Huitou.Trials.Data;

public static class SheetsTrial
{
    public static void Run(string folder, Report report) { }
}
