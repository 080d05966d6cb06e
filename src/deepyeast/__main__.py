"""`python -m deepyeast` is `deepyeast`."""

from deepyeast.cli import main

if __name__ == "__main__":
    main()
