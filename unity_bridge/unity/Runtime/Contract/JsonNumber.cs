using System;
using System.Globalization;

namespace AttentionLearning
{
    /// <summary>
    /// Writes a double as Python's repr does, with an exponent below 1e-4 and from 1e16 on. Up to
    /// 15 digits the text is the same; a number that needs more is read back from it, though Mono may
    /// choose another last digit.
    /// </summary>
    public static class JsonNumber
    {
        private const int SafeDigits = 15;
        private const int MostDigits = 17;

        /// <summary>The text of a number.</summary>
        /// <exception cref="ArgumentException">It is not finite, which JSON cannot say.</exception>
        public static string Write(double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value))
            {
                throw new ArgumentException("number is " + value + "; expected a finite one");
            }
            string sign = value < 0.0 || 1.0 / value < 0.0 ? "-" : "";
            string scientific = Scientific(Math.Abs(value));
            int cut = scientific.IndexOf('E');
            int exponent = int.Parse(scientific.Substring(cut + 1), CultureInfo.InvariantCulture);
            string digits = scientific.Substring(0, cut).Replace(".", "").TrimEnd('0');
            return sign + Compose(digits.Length == 0 ? "0" : digits, exponent);
        }

        /// <summary>As d.ddE+eee.</summary>
        private static string Scientific(double value)
        {
            string text = "";
            for (int digits = SafeDigits; digits <= MostDigits; digits++)
            {
                text = value.ToString("E" + (digits - 1), CultureInfo.InvariantCulture);
                double read;
                bool reads = double.TryParse(
                    text, NumberStyles.Float, CultureInfo.InvariantCulture, out read);
                if (reads && read == value)
                {
                    break;
                }
            }
            return text;
        }

        private static string Compose(string digits, int exponent)
        {
            if (exponent < -4 || exponent >= 16)
            {
                string fraction = digits.Length > 1 ? "." + digits.Substring(1) : "";
                string sign = exponent < 0 ? "-" : "+";
                return digits[0] + fraction + "e" + sign + Math.Abs(exponent).ToString("00");
            }
            if (exponent < 0)
            {
                return "0." + new string('0', -exponent - 1) + digits;
            }
            string whole = digits.PadRight(exponent + 1, '0');
            string rest = whole.Substring(exponent + 1);
            return whole.Substring(0, exponent + 1) + "." + (rest.Length > 0 ? rest : "0");
        }
    }
}
