namespace Huitou.Kernel;

/// <summary>
/// One after the other: the components of a page begin together, and a request has one database connection. Whoever reads
/// or writes while a page is made does it in its turn.
/// </summary>
public sealed class Turn
{
    private readonly SemaphoreSlim one = new(1, 1);

    public async Task<IDisposable> TakeAsync()
    {
        await one.WaitAsync();
        return new Pass(one);
    }

    private sealed class Pass(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
