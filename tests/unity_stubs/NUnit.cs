// As much of NUnit 3 as the package's tests use, and a run of them. Signatures from NUnit's
// documentation; Unity's test framework brings the real one.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

namespace NUnit.Framework
{
    /// <summary>Marks a test.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TestAttribute : Attribute
    {
    }

    /// <summary>A failed assertion.</summary>
    public sealed class AssertionException : Exception
    {
        /// <summary>Say what failed.</summary>
        public AssertionException(string message) : base(message)
        {
        }
    }

    /// <summary>A method that is expected to throw.</summary>
    public delegate void TestDelegate();

    /// <summary>Assertions.</summary>
    public static class Assert
    {
        /// <summary>Two values, or two collections item by item, are equal.</summary>
        public static void AreEqual(object expected, object actual)
        {
            IEnumerable ones = expected as IEnumerable;
            IEnumerable others = actual as IEnumerable;
            if (ones != null && others != null && !(expected is string))
            {
                AreEqual(string.Join("|", Words(ones)), string.Join("|", Words(others)));
            }
            else if (!Equals(expected, actual))
            {
                throw new AssertionException("expected " + expected + ", was " + actual);
            }
        }

        /// <summary>Two numbers are nearly equal.</summary>
        public static void AreEqual(double expected, double actual, double delta)
        {
            if (!(Math.Abs(expected - actual) <= delta))
            {
                throw new AssertionException("expected " + expected + ", was " + actual);
            }
        }

        /// <summary>It is true.</summary>
        public static void IsTrue(bool condition)
        {
            AreEqual((object)true, condition);
        }

        /// <summary>It is false.</summary>
        public static void IsFalse(bool condition)
        {
            AreEqual((object)false, condition);
        }

        /// <summary>There is nothing.</summary>
        public static void IsNull(object anObject)
        {
            AreEqual(null, anObject);
        }

        /// <summary>The code throws exactly this.</summary>
        public static TActual Throws<TActual>(TestDelegate code) where TActual : Exception
        {
            try
            {
                code();
            }
            catch (TActual thrown)
            {
                return thrown;
            }
            throw new AssertionException("expected " + typeof(TActual).Name + ", nothing was thrown");
        }

        private static string[] Words(IEnumerable items)
        {
            List<string> words = new List<string>();
            foreach (object item in items)
            {
                words.Add(Convert.ToString(item, System.Globalization.CultureInfo.InvariantCulture));
            }
            return words.ToArray();
        }
    }

    /// <summary>Texts.</summary>
    public static class StringAssert
    {
        /// <summary>One text is part of another.</summary>
        public static void Contains(string expected, string actual)
        {
            Assert.IsTrue(actual.Contains(expected));
        }
    }

    /// <summary>Runs all tests of an assembly.</summary>
    public static class TestRun
    {
        /// <summary>How many tests ran, then every failure by name and message.</summary>
        public static string Failures(Assembly assembly)
        {
            int run = 0;
            List<string> failed = new List<string>();
            foreach (Type type in assembly.GetTypes())
            {
                foreach (MethodInfo method in type.GetMethods())
                {
                    if (!method.IsDefined(typeof(TestAttribute), false))
                    {
                        continue;
                    }
                    run += 1;
                    try
                    {
                        method.Invoke(Activator.CreateInstance(type), null);
                    }
                    catch (TargetInvocationException error)
                    {
                        failed.Add(type.Name + "." + method.Name + ": "
                            + error.InnerException.Message);
                    }
                }
            }
            return run + " ran; " + string.Join("; ", failed.ToArray());
        }
    }
}
