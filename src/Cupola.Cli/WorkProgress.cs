using Cupola.Checkpoints;
using Spectre.Console;

namespace Cupola.Cli;

/// <summary>Shows how far long work is, at what rate and how long it will take: on a terminal, and never in a pipe.</summary>
internal static class WorkProgress
{
    /// <summary>Shorter work is done before anyone could read.</summary>
    private const int WorthShowing = 32;

    /// <summary>Runs work that tells how many more of its items are done.</summary>
    public static T Items<T>(string description, int total, Func<Action<int>?, T> run) => total < WorthShowing || Console.IsErrorRedirected
        ? run(null)
        : Show(description, total, new ItemRateColumn(), task => run(more => task.Increment(more)));

    /// <summary>Runs a download.</summary>
    public static T Bytes<T>(string description, Func<IProgress<HubProgress>?, T> run) => Console.IsErrorRedirected
        ? run(null)
        : Show(description, 1, new TransferSpeedColumn(), task => run(new BytesInto(task, description)));

    private static T Show<T>(string description, double total, ProgressColumn rate, Func<ProgressTask, T> run)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn())
            .Start(context => run(context.AddTask(Markup.Escape(description), maxValue: total)));
    }

    private sealed class BytesInto(ProgressTask task, string description) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            task.Description = Markup.Escape($"{description}: {value.File}");
            task.MaxValue = value.BytesTotal;
            task.Value = value.BytesDone;
        }
    }

    private sealed class ItemRateColumn : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Spectre.Console.Text($"{task.Speed ?? 0:0.#}/s");
    }
}
