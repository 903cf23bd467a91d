//! One integration binary; modules are named after the rooms.
