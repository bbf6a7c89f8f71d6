namespace Cupola.Images;

/// <summary>
/// Decodes the runs of bitmaps (RLE8, RLE4): a count and the value to repeat, or a zero and an escape, which ends the row, ends
/// the image, moves the position, or gives the number of literal pixels that follow. Skipped pixels have the palette's first
/// color.
/// </summary>
internal static class BmpRuns
{
    private const byte EndOfRow = 0;
    private const byte EndOfImage = 1;
    private const byte Move = 2;

    /// <exception cref="InvalidDataException">It ends before the last row is complete.</exception>
    public static void Decode(EncodedImage file, BmpHeader header, RgbImage image)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        bool isHalves = header.Compression == BmpCompression.Runs4;
        Canvas canvas = new(header, image);
        for (long at = header.Start; !canvas.IsFull;)
        {
            if (at + 2 > bytes.Length || (bytes[(int)at] == 0 && bytes[(int)at + 1] == EndOfImage))
            {
                throw file.Damaged("it is cut off");
            }

            int count = bytes[(int)at],
                second = bytes[(int)at + 1];
            at += 2;
            if (count > 0)
            {
                for (int pixel = 0; pixel < count; pixel++)
                {
                    canvas.Put(
                        !isHalves ? second
                        : pixel % 2 == 0 ? second >> 4
                        : second & 15
                    );
                }
            }
            else if (second == EndOfRow)
            {
                canvas.EndRow();
            }
            else
            {
                int length =
                    second == Move ? 2
                    : isHalves ? (second + 1) / 2
                    : second;
                if (at + length > bytes.Length)
                {
                    throw file.Damaged("it is cut off");
                }

                ReadOnlySpan<byte> plain = bytes.Slice((int)at, length);
                // Every run begins at an even offset from the beginning of the rows.
                at += length + (length % 2);
                if (second == Move)
                {
                    canvas.MoveBy(plain[0], plain[1]);
                    continue;
                }

                for (int pixel = 0; pixel < second; pixel++)
                {
                    canvas.Put(
                        !isHalves ? plain[pixel]
                        : pixel % 2 == 0 ? plain[pixel / 2] >> 4
                        : plain[pixel / 2] & 15
                    );
                }
            }
        }
    }

    /// <summary>The rows in the order of the file, and the position of the next pixel.</summary>
    private ref struct Canvas
    {
        private readonly BmpHeader _header;
        private readonly RgbImage _image;
        private int _row;
        private int _column;

        public Canvas(BmpHeader header, RgbImage image)
        {
            (_header, _image) = (header, image);
            Span<byte> bytes = image.Bytes;
            ReadOnlySpan<byte> first = header.Palette.AsSpan(0, 3);
            for (int index = 0; index < bytes.Length; index += 3)
            {
                first.CopyTo(bytes[index..]);
            }
        }

        public readonly bool IsFull => _row >= _image.Height || (_row == _image.Height - 1 && _column >= _image.Width);

        /// <summary>Sets the next pixel; pixels beyond the end of the row are ignored.</summary>
        public void Put(int index)
        {
            if (_row < _image.Height && _column < _image.Width)
            {
                int row = _header.IsTopDown ? _row : _image.Height - 1 - _row;
                _header.Palette.AsSpan(index * 3, 3).CopyTo(_image.Row(row)[(_column * 3)..]);
                _column++;
            }
        }

        public void EndRow() => (_row, _column) = (_row + 1, 0);

        public void MoveBy(int right, int on) => (_row, _column) = (_row + on, Math.Min(_column + right, _image.Width));
    }
}
