using System.Globalization;
using Cupola.Cli;
using Cupola.Images;

// What is read and written is the same in every language of the machine.
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
StandardStreams.Open();
if (args is ["train", ..] && RankProcess.IsSilent)
{
    StandardStreams.Silence();
}

AppContext.SetSwitch(ImageLibrary.OnlyUserSwitch, true);
return CommandRunner.Invoke(CupolaCommand.Create(), args);
