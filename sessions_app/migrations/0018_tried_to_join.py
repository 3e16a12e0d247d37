from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0017_files_of_a_chat_for_good")]

    operations = [
        migrations.AlterField(
            model_name="joinevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("entered", "Opened the room"),
                    ("joined", "Joined the meeting"),
                    ("tried", "Came, but our meeting did not open"),
                    ("left", "Left the room"),
                ],
                max_length=7,
            ),
        ),
    ]
