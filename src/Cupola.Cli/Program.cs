using System.CommandLine;
using Cupola.Cli;

RootCommand root = new(
    """
    Recognises what is in pictures by comparing them with sentences (CLIP).

      cupola classify holiday.jpg --labels "a dog,a cat,a beach" --model openai/clip-vit-base-patch32
      cupola classify photos/ --labels-file animals.txt --templates imagenet-7 --format json
      cupola embed images photos/ -o photos.npy
    """)
{
    ClassifyCommand.Create(),
    EmbedCommand.Create(),
    InspectCommand.Create(),
    ModelsCommand.Create(),
};

return Verb.Invoke(root, args);
