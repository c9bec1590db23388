"""Take one window of every sensor of one learner, with what is missing."""

import math

from envs.activities import Activity, Occupation
from envs.compiled import compiled
from envs.draws import Use, normal, uniform
from envs.sensors import CONFUSION, GAZE, TOUCH, VOICE, add_window, next_noise, signal
from envs.state import SENSOR_CHANNELS
from envs.world import World


@compiled
def sense(b: int, i: int, occupation: int, activity: int, step: int, window: int, w: World) -> None:
    """Read all channels once and add them to the sums of this decision.

    Missing: everything while the headset is off or latency spikes; gaze when the eyes are lost;
    voice when muted; touch unless the learner works at something; always what the device lacks.

    Args:
        b: Classroom.
        i: Learner.
        occupation: What the learner does.
        activity: What the tutor does; sensors are read at their best while it circulates.
        step: Inner step of the course, for the draws.
        window: Number of this window within the decision.
        w: The world.
    """
    sensing, channels, mind = w.state.sensing, w.state.channels, w.state.mind
    s = w.constants.sensors
    low, high = w.state.clock[b].low, w.state.clock[b].high
    spike = uniform(low, high, step, i, Use.SPIKE) < s.spike
    dark = spike or occupation == Occupation.REST or mind[b, i].present == 0
    lost = uniform(low, high, step, i, Use.GAZE_LOST) < s.gaze_lost
    idle = occupation < Occupation.WORKED_EXAMPLE and occupation not in (
        Occupation.QUIZ,
        Occupation.PEER,
    )
    noise_scale = s.circulate_noise if activity == Activity.CIRCULATE else 1.0
    attending = 1.0 - mind[b, i].lapsed - w.constants.attention.usual_share
    for channel in range(SENSOR_CHANNELS):
        shock = normal(low, high, step, i, Use.NOISE + channel)
        noise = next_noise(channels[b, i, channel].noise, shock, s)
        channels[b, i, channel].noise = noise
        lacking = math.isnan(channels[b, i, channel].bias)
        missing = dark or lacking or (channel == GAZE and lost) or (channel == TOUCH and idle)
        if channel in (VOICE, CONFUSION) and sensing[b, i].muted == 1:
            missing = True
        if not missing:
            x = signal(channel, attending, mind[b, i].ssq, mind[b, i].affect, s)
            x += channels[b, i, channel].bias + noise_scale * noise
            add_window(b, i, channel, window, x, channels)
