using Spectre.Console;

namespace Cupola.Cli;

/// <summary>Shows how far long work is, at what rate and how long it will take: on a terminal, and never in a pipe.</summary>
internal static class WorkProgress
{
    /// <summary>Shorter work is done before anyone could read.</summary>
    private const int WorthShowing = 32;

    /// <summary>
    /// Whether something is shown already; a terminal has room for one thing at a time, and what is part of longer work is not
    /// shown.
    /// </summary>
    private static bool IsShowing { get; set; }

    private static bool IsHidden => IsShowing || Console.IsErrorRedirected;

    /// <summary>Runs work that tells how many more of its items are done.</summary>
    public static T Items<T>(string description, int total, Func<IProgress<int>?, T> run) =>
        total < WorthShowing || IsHidden
            ? run(null)
            : Show(description, total, new ItemRateColumn(), task => run(new ItemsInto(task)));

    /// <summary>
    /// Runs work that finds out itself how many items it has: it tells a negative number first, and then how many more are done.
    /// </summary>
    public static T Unknown<T>(string description, Func<IProgress<int>?, T> run) =>
        IsHidden ? run(null) : Show(description, 1, new ItemRateColumn(), task => run(new CountedItemsInto(task)));

    /// <summary>Runs a download.</summary>
    public static T Bytes<T>(string description, Func<IProgress<HubProgress>?, T> run) =>
        IsHidden ? run(null) : Show(description, 1, new TransferSpeedColumn(), task => run(new BytesInto(task, description)));

    /// <summary>Runs steps that tell how many of them are done, and how they go.</summary>
    public static T Steps<T>(long total, Func<IProgress<StepsDone>?, T> run) =>
        IsHidden ? run(null) : Show("Training", total, new ItemRateColumn(), task => run(new StepsInto(task)));

    private static T Show<T>(string description, double total, ProgressColumn rate, Func<ProgressTask, T> run)
    {
        IsShowing = true;
        try
        {
            return ShowOnly(description, total, rate, run);
        }
        finally
        {
            IsShowing = false;
        }
    }

    private static T ShowOnly<T>(string description, double total, ProgressColumn rate, Func<ProgressTask, T> run)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new TerminalOutput(StandardStreams.Error, isTerminal: true) });
        return console
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                rate,
                new RemainingTimeColumn()
            )
            .Start(context => run(context.AddTask(Shown(description), maxValue: total)));
    }

    private static string Shown(string description) => Markup.Escape(HarmlessText.Clean(description));

    /// <summary>How many steps are done, and how they go.</summary>
    public readonly record struct StepsDone(long Steps, string Description);

    private sealed class ItemsInto(ProgressTask task) : IProgress<int>
    {
        public void Report(int value) => task.Increment(value);
    }

    private sealed class CountedItemsInto(ProgressTask task) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value <= 0)
            {
                task.MaxValue = Math.Max(1, -value);
            }
            else
            {
                task.Increment(value);
            }
        }
    }

    private sealed class StepsInto(ProgressTask task) : IProgress<StepsDone>
    {
        public void Report(StepsDone value)
        {
            task.Value = value.Steps;
            task.Description = Shown(value.Description);
        }
    }

    private sealed class BytesInto(ProgressTask task, string description) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            task.Description = Shown($"{description}: {value.File}");
            task.MaxValue = value.BytesTotal;
            task.Value = value.BytesDone;
        }
    }

    private sealed class ItemRateColumn : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(
            Spectre.Console.Rendering.RenderOptions options,
            ProgressTask task,
            TimeSpan deltaTime
        ) => new Spectre.Console.Text($"{task.Speed ?? 0:0.#}/s");
    }
}
