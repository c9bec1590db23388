"""Sensors: noisy windows of 30 s in eight channels of five modalities, which may be missing.

Reading of an attention channel: o = d' (attending - .70) + the learner's bias + AR(1) noise.
"""

import math
from typing import Final

from envs.compiled import compiled
from envs.constants import SensorConstants
from envs.spaces import CHANNELS
from envs.state import SENSOR_CHANNELS, Records

GAZE, HEAD, HEAD_SWAY, FACE, DISCOMFORT, VOICE, CONFUSION, TOUCH = range(8)
ATTENTION_CHANNELS: Final = (GAZE, HEAD, FACE, VOICE, TOUCH)
FIRST_CHANNEL: Final = {"gaze": GAZE, "head": HEAD, "face": FACE, "voice": VOICE, "touch": TOUCH}
"""First channel of each modality; its others follow (the order of envs.spaces.CHANNELS)."""
if [FIRST_CHANNEL[m] for m in CHANNELS] != [GAZE, HEAD, FACE, VOICE, TOUCH]:
    raise RuntimeError("sensor channels do not follow the order of envs.spaces.CHANNELS")
STEP_SECONDS = 30.0


@compiled
def signal(channel: int, attending: float, ssq: float, affect: int, s: SensorConstants) -> float:
    """Noise-free reading of a channel, in noise sds.

    Args:
        channel: One of the eight.
        attending: 1 attending or 0 lapsed, less the usual share.
        ssq: Simulator sickness.
        affect: envs.affect.Affect.
        s: Discriminabilities.

    Returns:
        Mean of the reading.
    """
    if channel == GAZE:
        return s.gaze * attending
    if channel == HEAD:
        return s.head * attending
    if channel == HEAD_SWAY:
        return s.sway * ssq / 40.0
    if channel == FACE:
        return s.face * attending
    if channel == DISCOMFORT:
        return s.discomfort * (1.0 if affect >= 2 else 0.0)
    if channel == VOICE:
        return s.voice * attending
    if channel == CONFUSION:
        return s.confusion * (1.0 if affect == 1 else 0.0)
    return s.touch * attending


@compiled
def next_noise(noise: float, shock: float, s: SensorConstants) -> float:
    """AR(1) noise of unit variance, one window later."""
    keep = math.exp(-STEP_SECONDS / s.noise_seconds)
    return keep * noise + math.sqrt(1.0 - keep * keep) * shock


@compiled
def forget_windows(b: int, i: int, channels: Records) -> None:
    """Start the sums of a new decision."""
    for h in range(SENSOR_CHANNELS):
        channels[b, i, h].windows = 0.0
        channels[b, i, h].total = 0.0
        channels[b, i, h].squares = 0.0
        channels[b, i, h].moment = 0.0
        channels[b, i, h].times = 0.0
        channels[b, i, h].times_squared = 0.0


@compiled
def add_window(b: int, i: int, h: int, window: int, x: float, channels: Records) -> None:
    """Take one reading x of channel h into the running sums of this decision."""
    channels[b, i, h].windows += 1.0
    channels[b, i, h].total += x
    channels[b, i, h].squares += x * x
    channels[b, i, h].moment += window * x
    channels[b, i, h].times += window
    channels[b, i, h].times_squared += window * window


@compiled
def window_features(b: int, i: int, h: int, channels: Records) -> tuple[float, float, float]:
    """Mean, spread (sd) and trend (slope per window) of channel h since the last decision.

    Returns:
        (0, 0, 0) without any window.
    """
    count = channels[b, i, h].windows
    if count == 0.0:
        return 0.0, 0.0, 0.0
    mean = channels[b, i, h].total / count
    spread = math.sqrt(max(0.0, channels[b, i, h].squares / count - mean * mean))
    times = channels[b, i, h].times
    time_variance = channels[b, i, h].times_squared - times * times / count
    if time_variance <= 0.0:
        return mean, spread, 0.0
    return mean, spread, (channels[b, i, h].moment - times * mean) / time_variance


@compiled
def attended_share(b: int, i: int, channels: Records, usual: float, s: SensorConstants) -> float:
    """Estimate the share attended since the last decision, from the sensors alone.

    Each attention channel's mean is read as usual + (mean / d') with error variance (bias^2 +
    noise / windows) / d'^2; the prior is usual with the variance of a share over some minutes,
    and .2 between learners (assumed, .1 to .3).

    Args:
        b: Classroom.
        i: Learner.
        channels: Sums of the windows.
        usual: Usual attending share.
        s: Discriminabilities, bias and noise.

    Returns:
        Estimate in [0, 1].
    """
    keep = math.exp(-STEP_SECONDS / s.noise_seconds)
    correlated = (1.0 + keep) / (1.0 - keep)
    windows = max(1.0, channels[b, i, GAZE].windows)
    precision = 1.0 / (0.04 + usual * (1.0 - usual) / windows)
    total: float = 0.0
    for channel in ATTENTION_CHANNELS:
        count: float = channels[b, i, channel].windows
        if count > 0.0:
            d = signal(channel, 1.0, 0.0, 0, s)
            weight = d * d / (s.bias_sd**2 + min(1.0, correlated / count))
            total += weight * (channels[b, i, channel].total / count) / d
            precision += weight
    share: float = usual + total / precision
    return min(1.0, max(0.0, share))
