from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_owners")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="hidden_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
