using System.Security.Cryptography;
using Cupola.Data;

namespace Cupola.Evaluation;

/// <summary>An image whose bytes are hashed while they are read for something else.</summary>
internal sealed class HashedImage
{
    public HashedImage(CaptionedImage image)
    {
        Captions = image.Captions;
        Source = new(image.Image.Name, cancellationToken =>
        {
            byte[] bytes = image.Image.Read(cancellationToken);
            Hash = Convert.ToHexString(SHA256.HashData(bytes));
            return bytes;
        });
    }

    public IReadOnlyList<string> Captions { get; }

    public ImageSource Source { get; }

    /// <summary>Known once the bytes have been read.</summary>
    public string? Hash { get; private set; }
}
