using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cupola.Cli;

/// <summary>The option that says on what networks run.</summary>
internal sealed class DeviceOption : Option<string>
{
    public DeviceOption()
        : base("--device")
    {
        DefaultValueFactory = static _ => "cpu";
        HelpName = "D";
        Validators.Add(Check);
    }

    /// <summary>Says in the help what this build has; only then ONNX Runtime is asked, which takes its time to load.</summary>
    public void Describe() =>
        Description =
            $"Where networks run: {string.Join(", ", EngineOptions.Devices)} in this build; "
            + "others come with other packages of ONNX Runtime.";

    private static void Check(OptionResult given)
    {
        if (given is { Implicit: false, Tokens: [{ Value: var device }] } && EngineOptions.ProblemOf(device) is { } problem)
        {
            given.AddError(problem);
        }
    }
}
