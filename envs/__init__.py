"""The virtual classroom: learners, sensors, knowledge tracing, and the Gymnasium environments."""

import gymnasium

gymnasium.register(
    id="ALS/Classroom-v0",
    entry_point="envs.classroom:ClassroomEnv",
    vector_entry_point="envs.vector:ClassroomVectorEnv",
)
