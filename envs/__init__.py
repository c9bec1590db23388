"""The virtual classroom: learners, sensors, knowledge tracing, and the Gymnasium environments."""

import gymnasium

gymnasium.register(
    id="ALS/Classroom-v0",
    entry_point="envs.classroom:ClassroomEnv",
    vector_entry_point="envs.vector:ClassroomVectorEnv",
)
gymnasium.register(id="ALS/KSS-v0", entry_point="envs.peers.kss:KssEnv")
for model in ("EFC", "HLR", "DASH"):
    gymnasium.register(
        id=f"ALS/{model}-v0",
        entry_point="envs.peers.spaced_repetition:SpacedRepetitionEnv",
        kwargs={"model": model.lower()},
    )
