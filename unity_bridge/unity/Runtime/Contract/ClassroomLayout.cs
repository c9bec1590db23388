// Made by `python -m scripts.unity codegen`; changes belong into envs/spaces.py.
using System.Collections.Generic;

namespace AttentionLearning
{
    /// <summary>The tutor's own activity during one decision.</summary>
    public enum Activity
    {
        /// <summary>On the wire 0: circulate.</summary>
        Circulate = 0,

        /// <summary>On the wire 1: present.</summary>
        Present = 1,

        /// <summary>On the wire 2: demonstrate.</summary>
        Demonstrate = 2,

        /// <summary>On the wire 3: quiz.</summary>
        Quiz = 3,

        /// <summary>On the wire 4: explain.</summary>
        Explain = 4,

        /// <summary>On the wire 5: peer.</summary>
        Peer = 5,

        /// <summary>On the wire 6: cue.</summary>
        Cue = 6,

        /// <summary>On the wire 7: rest.</summary>
        Rest = 7,
    }

    /// <summary>What the plan sets one learner to do while left free.</summary>
    public enum Task
    {
        /// <summary>On the wire 0: keep.</summary>
        Keep = 0,

        /// <summary>On the wire 1: worked example.</summary>
        WorkedExample = 1,

        /// <summary>On the wire 2: practise easier.</summary>
        PractiseEasier = 2,

        /// <summary>On the wire 3: practise matched.</summary>
        PractiseMatched = 3,

        /// <summary>On the wire 4: practise harder.</summary>
        PractiseHarder = 4,
    }

    /// <summary>What one learner really does during a step.</summary>
    public enum Occupation
    {
        /// <summary>On the wire 0: none.</summary>
        None = 0,

        /// <summary>On the wire 1: present.</summary>
        Present = 1,

        /// <summary>On the wire 2: demonstrate.</summary>
        Demonstrate = 2,

        /// <summary>On the wire 3: quiz.</summary>
        Quiz = 3,

        /// <summary>On the wire 4: explain.</summary>
        Explain = 4,

        /// <summary>On the wire 5: peer.</summary>
        Peer = 5,

        /// <summary>On the wire 6: rest.</summary>
        Rest = 6,

        /// <summary>On the wire 7: worked example.</summary>
        WorkedExample = 7,

        /// <summary>On the wire 8: practise easier.</summary>
        PractiseEasier = 8,

        /// <summary>On the wire 9: practise matched.</summary>
        PractiseMatched = 9,

        /// <summary>On the wire 10: practise harder.</summary>
        PractiseHarder = 10,
    }

    /// <summary>How a learner feels.</summary>
    public enum Affect
    {
        /// <summary>On the wire 0: engaged.</summary>
        Engaged = 0,

        /// <summary>On the wire 1: confused.</summary>
        Confused = 1,

        /// <summary>On the wire 2: frustrated.</summary>
        Frustrated = 2,

        /// <summary>On the wire 3: bored.</summary>
        Bored = 3,
    }

    /// <summary>The contract with Python: names, orders and constants, generated from it.</summary>
    public static class ClassroomLayout
    {
        /// <summary>Changes with any name or order.</summary>
        public const string Fingerprint = "c2255e9615a6";

        /// <summary>Name of the behaviour on the wire.</summary>
        public const string Behaviour = "Classroom";

        /// <summary>Of the classroom's side channel.</summary>
        public const string ChannelId = "0015895d-eac5-55c6-965a-7964226a6546";

        /// <summary>Of the messages on that channel.</summary>
        public const int MessageVersion = 1;

        /// <summary>Number of activities.</summary>
        public const int Activities = 8;

        /// <summary>Number of tasks.</summary>
        public const int Tasks = 5;

        /// <summary>Most learners of one class.</summary>
        public const int LargestClass = 40;

        /// <summary>Most concepts.</summary>
        public const int LargestCurriculum = 256;

        /// <summary>Length of a step.</summary>
        public const int StepSeconds = 30;

        /// <summary>Length of a step in minutes.</summary>
        public const double StepMinutes = 0.5;

        /// <summary>Bound of every number observed.</summary>
        public const float Limit = 100.0f;

        /// <summary>Minutes are observed in these.</summary>
        public const double MinutesScale = 10.0;

        /// <summary>Since the last cue, before any.</summary>
        public const double UncuedMinutes = 40.0;

        /// <summary>Usual time on an item.</summary>
        public const double SecondsLogMean = 3.48;

        /// <summary>Spread of that time.</summary>
        public const double SecondsLogSd = 1.1;

        /// <summary>Least time on an item.</summary>
        public const double QuickestSeconds = 5.0;

        /// <summary>Most time on an item.</summary>
        public const double SlowestSeconds = 600.0;

        /// <summary>Weight of the seat ahead.</summary>
        public const double SeatBehind = 0.3;

        /// <summary>Usual attending share.</summary>
        public const double UsualShare = 0.7;

        /// <summary>Mean shift in noise sds of attending against lapsed: gaze.</summary>
        public const double GazeShift = 0.7;

        /// <summary>Mean shift in noise sds of attending against lapsed: head.</summary>
        public const double HeadShift = 0.45;

        /// <summary>Mean shift in noise sds of attending against lapsed: face.</summary>
        public const double FaceShift = 0.5;

        /// <summary>Mean shift in noise sds of attending against lapsed: voice.</summary>
        public const double VoiceShift = 0.38;

        /// <summary>Mean shift in noise sds of attending against lapsed: touch.</summary>
        public const double TouchShift = 0.45;

        /// <summary>Kinds of lesson.</summary>
        public static readonly string[] Scenes =
        {
            "classroom",
            "assistant",
            "laboratory",
            "workshop",
            "game",
            "focus",
        };

        /// <summary>Length of each activity.</summary>
        public static readonly double[] Minutes =
        {
            2.0,
            4.0,
            6.0,
            3.0,
            2.0,
            5.0,
            0.5,
            4.0,
        };

        /// <summary>Whether an activity suspends all tasks.</summary>
        public static readonly bool[] ClaimsClass =
        {
            false,
            true,
            true,
            true,
            false,
            true,
            false,
            true,
        };

        /// <summary>Whether it may address one learner.</summary>
        public static readonly bool[] AddressesLearner =
        {
            false,
            false,
            false,
            false,
            true,
            false,
            true,
            false,
        };

        /// <summary>Whether its target may be the class.</summary>
        public static readonly bool[] AddressesClass =
        {
            true,
            true,
            true,
            true,
            false,
            true,
            true,
            true,
        };

        /// <summary>Whether it is about a concept.</summary>
        public static readonly bool[] UsesConcept =
        {
            false,
            true,
            true,
            true,
            true,
            true,
            true,
            false,
        };

        /// <summary>Channels of every modality, in order.</summary>
        public static readonly Dictionary<string, string[]> Channels = new Dictionary<string, string[]>
        {
            { "gaze", new string[] { "attention" } },
            { "head", new string[] { "attention", "sway" } },
            { "face", new string[] { "attention", "discomfort" } },
            { "voice", new string[] { "attention", "confusion" } },
            { "touch", new string[] { "attention" } },
        };

        /// <summary>Fields, sorted by name.</summary>
        public static readonly ClassroomField[] Fields =
        {
            new ClassroomField("activity_mask", "A"),
            new ClassroomField(
                "behaviour",
                "SF",
                "task_none",
                "task_worked_example",
                "task_practise_easier",
                "task_practise_matched",
                "task_practise_harder",
                "concept_depth",
                "minutes_on_concept",
                "answer_speed",
                "hints_asked",
                "hand_raised",
                "headset_on",
                "minutes_since_cue"),
            new ClassroomField("belief", "SCF", "mean", "spread"),
            new ClassroomField("concept_mask", "AC"),
            new ClassroomField("concept_present", "C"),
            new ClassroomField(
                "concepts",
                "CF",
                "syllabus_weight",
                "depth",
                "difficulty_mean",
                "difficulty_spread",
                "in_degree",
                "out_degree"),
            new ClassroomField(
                "course",
                "F",
                "lesson_left",
                "course_left",
                "log1p_days_to_delayed_test",
                "decision_minutes",
                "scene_classroom",
                "scene_assistant",
                "scene_laboratory",
                "scene_workshop",
                "scene_game",
                "scene_focus"),
            new ClassroomField(
                "evidence",
                "SCF",
                "log1p_attempts",
                "log1p_successes",
                "last_result",
                "log1p_hours_since_event",
                "quiz_share",
                "working_on",
                "log1p_minutes_taught"),
            new ClassroomField(
                "face",
                "SF",
                "attention_mean",
                "attention_spread",
                "attention_trend",
                "discomfort_mean",
                "discomfort_spread",
                "discomfort_trend",
                "present"),
            new ClassroomField(
                "gaze",
                "SF",
                "attention_mean",
                "attention_spread",
                "attention_trend",
                "present"),
            new ClassroomField(
                "head",
                "SF",
                "attention_mean",
                "attention_spread",
                "attention_trend",
                "sway_mean",
                "sway_spread",
                "sway_trend",
                "present"),
            new ClassroomField("learner_present", "S"),
            new ClassroomField(
                "outcome",
                new ClassroomField("minutes", ""),
                new ClassroomField("learning_gain", ""),
                new ClassroomField("equity", ""),
                new ClassroomField("wellbeing", ""),
                new ClassroomField("learner_reward", "S"),
                new ClassroomField("phi", "S")),
            new ClassroomField("prerequisites", "CC"),
            new ClassroomField(
                "prospects",
                "SCF",
                "worked_example",
                "practice",
                "explain",
                "peer",
                "demonstrate",
                "worked_example_ahead",
                "practice_ahead",
                "explain_ahead",
                "peer_ahead",
                "demonstrate_ahead"),
            new ClassroomField(
                "report",
                new ClassroomField("nlg_delayed", ""),
                new ClassroomField("nlg_immediate", ""),
                new ClassroomField("nlg_measured", ""),
                new ClassroomField("lowest_quarter_gain", ""),
                new ClassroomField("dropouts", ""),
                new ClassroomField("decisions", ""),
                new ClassroomField("gain", "S"),
                new ClassroomField("pre_test", "S"),
                new ClassroomField("post_test", "S"),
                new ClassroomField("delayed_test", "S"),
                new ClassroomField("minutes_lapsed", "S"),
                new ClassroomField("minutes_frustrated", "S"),
                new ClassroomField("minutes_sick", "S"),
                new ClassroomField("ssq_peak", "S"),
                new ClassroomField("activity_minutes", "A")),
            new ClassroomField("seats", "SS"),
            new ClassroomField("target_mask", "AT"),
            new ClassroomField("task_concept_mask", "KC"),
            new ClassroomField("task_mask", "SK"),
            new ClassroomField(
                "touch",
                "SF",
                "attention_mean",
                "attention_spread",
                "attention_trend",
                "present"),
            new ClassroomField("understanding", "SCF", "mean", "spread"),
            new ClassroomField(
                "voice",
                "SF",
                "attention_mean",
                "attention_spread",
                "attention_trend",
                "confusion_mean",
                "confusion_spread",
                "confusion_trend",
                "present"),
        };

        /// <summary>Find a field by its name.</summary>
        /// <exception cref="KeyNotFoundException">The contract has no such field.</exception>
        public static ClassroomField Field(string name)
        {
            foreach (ClassroomField field in Fields)
            {
                if (field.Name == name)
                {
                    return field;
                }
            }
            throw new KeyNotFoundException("the contract has no field " + name);
        }
    }
}
